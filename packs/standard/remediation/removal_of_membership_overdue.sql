-- title: Memberships that should be gone
-- subject: account
-- detail: the group
-- risk: 3
-- tags: remediation
-- why: Somebody decided, and nothing happened: who reads the decision believes otherwise.
-- mitigation: Carry it out, or take the decision back.
-- needs: memberships.removal_due_on
-- iso27001: 5.18, 5.36
-- nist80053: AC-2, CA-7
-- sox: access removal
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- test: the day itself is still in time
-- with as_of = 2026-11-21
-- given accounts | uid
--                | 1
--                | 2
-- given groups | uid | repository | code
--              | 9   | AD         | PAY
-- given memberships | account_uid | group_uid | removal_due_on
--                   | 1           | 9         | 2026-11-20
--                   | 2           | 9         | 2026-11-21
-- expect | uid | detail
--        | 1   | AD/PAY
SELECT m.account_uid AS uid, g.repository || '/' || g.code AS detail
FROM memberships m JOIN groups g ON g.uid = m.group_uid
WHERE m.account_uid IS NOT NULL AND m.removal_due_on < {as_of}
