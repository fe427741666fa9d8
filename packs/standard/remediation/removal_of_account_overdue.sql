-- title: Accounts that should be gone
-- subject: account
-- risk: 3
-- tags: remediation
-- why: Somebody decided, and nothing happened: who reads the decision believes otherwise.
-- mitigation: Carry it out, or take the decision back.
-- needs: accounts.removal_due_on
-- iso27001: 5.18, 5.36
-- nist80053: AC-2, CA-7
-- sox: access removal
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- test: the day itself is still in time
-- with as_of = 2026-11-21
-- given accounts | uid | is_enabled | removal_due_on
--                | 1   | true       | 2026-11-20
--                | 2   | true       | 2026-11-21
--                | 3   | true       |
--                | 4   | false      | 2026-11-20
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
WHERE COALESCE(a.is_enabled, TRUE) AND a.removal_due_on < {as_of}
