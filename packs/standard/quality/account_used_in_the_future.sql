-- title: Accounts whose last log-on lies ahead
-- subject: account
-- risk: 1
-- tags: quality
-- why: The clock or the extract is wrong, and controls that count days with it.
-- mitigation: See how the repository tells the day.
-- needs: accounts.last_logon_on
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 1
-- test: behind the day of the load
-- with as_of = 2026-11-21
-- given accounts | uid | last_logon_on
--                | 1   | 2026-11-23
--                | 2   | 2026-11-22
--                | 3   |
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
WHERE a.last_logon_on > {as_of} + {days}
