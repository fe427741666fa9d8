-- title: Rights that should be gone
-- subject: account
-- detail: the permission
-- risk: 3
-- tags: remediation
-- why: Somebody decided, and nothing happened: who reads the decision believes otherwise.
-- mitigation: Carry it out, or take the decision back.
-- needs: rights.removal_due_on
-- iso27001: 5.18, 5.36
-- nist80053: AC-2, CA-7
-- sox: access removal
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: the day itself is still in time
-- with as_of = 2026-11-21
-- given accounts | uid
--                | 1
--                | 2
--                | 3
-- given permissions | uid | application | code | category
--                   | 5   | ERP         | PAY  | role
--                   | 6   | ERP         | X    | folder
-- given rights | account_uid | group_uid | permission_uid | removal_due_on
--              | 1           |           | 5              | 2026-11-20
--              | 2           |           | 5              | 2026-11-21
--              | 3           |           | 6              | 2026-11-20
-- expect | uid | detail
--        | 1   | ERP/PAY
SELECT r.account_uid AS uid, p.application || '/' || p.code AS detail
FROM rights r JOIN permissions p ON p.uid = r.permission_uid
WHERE r.account_uid IS NOT NULL AND r.removal_due_on < {as_of}
  AND (p.category IS NULL OR p.category NOT IN ({categories}))
