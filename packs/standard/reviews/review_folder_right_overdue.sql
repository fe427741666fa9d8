-- title: Rights on folders not reviewed for long
-- subject: account
-- detail: the permission
-- risk: 1
-- tags: reviews
-- why: What nobody has looked at for so long is what it has become, not what somebody decided.
-- mitigation: Have it reviewed, and enter the day.
-- needs: rights.reviewed_on, permissions.category
-- iso27001: 5.18
-- nist80053: AC-2, AC-6(7)
-- sox: access review
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 365
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: never reviewed, or longer ago than the days
-- with as_of = 2026-11-21
-- given permissions | uid | application | code | category | sensitivity
--                   | 5   | ERP         | PAY  | folder   | 1
--                   | 6   | ERP         | X    | role     | 1
-- given accounts | uid
--                | 1
--                | 2
--                | 3
-- given rights | account_uid | group_uid | permission_uid | reviewed_on
--              | 1           |           | 5              |
--              | 2           |           | 5              | 2025-11-20
--              | 3           |           | 5              | 2025-11-21
--              | 3           |           | 6              |
-- expect | uid | detail
--        | 1   | ERP/PAY
--        | 2   | ERP/PAY
SELECT r.account_uid AS uid, p.application || '/' || p.code AS detail
FROM rights r JOIN permissions p ON p.uid = r.permission_uid
WHERE r.account_uid IS NOT NULL AND (r.reviewed_on IS NULL OR r.reviewed_on < {as_of} - {days})
  AND p.category IN ({categories})
