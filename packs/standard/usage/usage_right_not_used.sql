-- title: Rights that the account has not used for long
-- subject: account
-- detail: the permission
-- risk: 1
-- tags: usage, least
-- why: What is not used is not needed, and does harm all the same.
-- mitigation: Take the right away; give it again when it is asked for.
-- needs: usages.last_on, rights
-- iso27001: 5.15, 5.18
-- nist80053: AC-6, AC-6(7)
-- sox: access review
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 180
-- test: only permissions of which anybody's use is known
-- with as_of = 2026-11-21
-- given accounts | uid
--                | 1
--                | 2
--                | 3
-- given rights | account_uid | group_uid | permission_uid | granted_on
--              | 1           |           | 5              | 2026-01-01
--              | 2           |           | 5              | 2026-01-01
--              | 3           |           | 5              | 2026-01-01
--              | 1           |           | 6              | 2026-01-01
--              | 4           |           | 5              | 2026-11-01
-- given usages | account_uid | permission_uid | last_on
--              | 1           | 5              | 2026-05-24
--              | 2           | 5              | 2026-05-25
-- given permissions | uid | application | code
--                   | 5   | ERP         | PAY
--                   | 6   | ERP         | BUY
-- expect | uid | detail
--        | 1   | ERP/PAY
--        | 3   | ERP/PAY
WITH told AS (
  SELECT DISTINCT u.permission_uid AS uid FROM usages u
)
SELECT DISTINCT r.account_uid AS uid, p.application || '/' || p.code AS detail
FROM rights r
JOIN told t ON t.uid = r.permission_uid
JOIN permissions p ON p.uid = r.permission_uid
LEFT JOIN usages u ON u.account_uid = r.account_uid AND u.permission_uid = r.permission_uid
WHERE r.account_uid IS NOT NULL AND COALESCE(u.last_on, r.granted_on, DATE '1970-01-01') < {as_of} - {days}
