-- title: Privileged accounts that nobody has used for long
-- subject: account
-- risk: 3
-- tags: accounts, privileged, usage
-- why: Rights that wide and that are not used are only good for an attacker.
-- mitigation: Take the rights away or disable the account; give them again when they are needed.
-- needs: accounts.last_logon_on, accounts.is_privileged
-- iso27001: 8.2
-- nist80053: AC-2(7), AC-6(5)
-- sox: privileged access
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 45
-- test: privileged, and not used for the days
-- with as_of = 2026-11-21
-- given accounts | uid | is_enabled | is_privileged | last_logon_on
--                | 1   | true       | true          | 2026-09-01
--                | 2   | true       | true          | 2026-11-01
--                | 3   | true       | false         | 2026-09-01
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
WHERE COALESCE(a.is_enabled, TRUE) AND a.is_privileged AND a.last_logon_on < {as_of} - {days}
