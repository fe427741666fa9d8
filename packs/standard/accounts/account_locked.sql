-- title: Accounts that are locked
-- subject: account
-- risk: 1
-- tags: accounts, passwords
-- why: A lock is the trace of failed log-ons; one that lasts means that nobody misses the account.
-- mitigation: Ask the owner what happened; disable the account where nobody asks for it.
-- needs: accounts.is_locked
-- iso27001: 8.5, 8.16
-- nist80053: AC-7, AC-2(12)
-- sox: monitoring of access
-- nis2: 21(2)(i)
-- dora: 10(1)
-- test: of accounts that can log on, as the source says
-- given accounts | uid | is_enabled | is_locked
--                | 1   | true       | true
--                | 2   | true       | false
--                | 3   | true       |
--                | 4   | false      | true
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
WHERE COALESCE(a.is_enabled, TRUE) AND a.is_locked
