-- title: Accounts last used on the day they were made
-- subject: account
-- risk: 1
-- tags: accounts, usage
-- why: The only log-on was a trial: the account is not needed, and nobody misses it.
-- mitigation: Ask the owner; delete the account.
-- needs: accounts.last_logon_on, accounts.created_on
-- iso27001: 5.16, 5.18
-- nist80053: AC-2(3)
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 30
-- test: the day of creation is the last day of use
-- with as_of = 2026-11-21
-- given accounts | uid | is_enabled | created_on | last_logon_on
--                | 1   | true       | 2026-01-01 | 2026-01-01
--                | 2   | true       | 2026-01-01 | 2026-01-02
--                | 3   | true       | 2026-11-20 | 2026-11-20
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
WHERE COALESCE(a.is_enabled, TRUE) AND a.last_logon_on = a.created_on AND a.created_on < {as_of} - {days}
