-- title: Accounts that can log on and that nobody has used for long
-- subject: account
-- risk: 2
-- tags: accounts, usage
-- why: Nobody misses an account that nobody uses: whoever takes it over is not noticed.
-- mitigation: Ask the owner; disable the account, and delete it when nobody has asked for it.
-- needs: accounts.last_logon_on
-- iso27001: 5.16, 5.18
-- nist80053: AC-2(3)
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 90
-- test: an account is unused when its last log-on lies more than the days back
-- with as_of = 2026-11-21
-- given accounts | uid | is_enabled | last_logon_on
--                | 1   | true       | 2026-08-22
--                | 2   | true       | 2026-08-23
--                | 3   | false      | 2020-01-01
--                | 4   |            | 2020-01-01
--                | 5   | true       |
-- expect | uid
--        | 1
--        | 4
SELECT a.uid
FROM accounts a
WHERE COALESCE(a.is_enabled, TRUE) AND a.last_logon_on < {as_of} - {days}
