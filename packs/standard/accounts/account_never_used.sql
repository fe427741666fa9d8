-- title: Accounts that can log on and that were never used
-- subject: account
-- risk: 1
-- tags: accounts, usage
-- why: An account made and never used was not needed; its first password may still be known to whoever made it.
-- mitigation: Ask the owner or whoever asked for the account; delete it.
-- needs: accounts.last_logon_on, accounts.created_on
-- iso27001: 5.16, 5.18
-- nist80053: AC-2(3)
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 30
-- test: only repositories that tell log-ons count
-- with as_of = 2026-11-21
-- given accounts | uid | repository | is_enabled | created_on | last_logon_on
--                | 1   | AD         | true       | 2026-01-01 |
--                | 2   | AD         | true       | 2026-11-01 |
--                | 3   | AD         | true       | 2026-01-01 | 2026-01-02
--                | 4   | ERP        | true       | 2026-01-01 |
--                | 5   | AD         | false      | 2026-01-01 |
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
JOIN (SELECT DISTINCT t.repository FROM accounts t WHERE t.last_logon_on IS NOT NULL) telling ON telling.repository = a.repository
WHERE COALESCE(a.is_enabled, TRUE) AND a.last_logon_on IS NULL AND a.created_on < {as_of} - {days}
