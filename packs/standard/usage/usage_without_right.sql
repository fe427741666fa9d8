-- title: Use of permissions that the account does not hold now
-- subject: account
-- detail: the permission
-- risk: 3
-- tags: usage, monitoring
-- why: Somebody does what the collected rights do not allow: the right was taken away since, or there is a way that nobody collects.
-- mitigation: Find out by which way; collect it or close it.
-- needs: usages.last_on, rights, memberships
-- iso27001: 8.16
-- nist80053: AC-2(12), AU-6
-- sox: monitoring of access
-- nis2: 21(2)(i)
-- dora: 10(1)
-- parameter days integer = 7
-- test: used lately and not held, neither directly nor by a group
-- with as_of = 2026-11-21
-- given accounts | uid
--                | 1
--                | 2
--                | 3
--                | 4
-- given usages | account_uid | permission_uid | last_on
--              | 1           | 5              | 2026-11-20
--              | 2           | 5              | 2026-11-20
--              | 3           | 5              | 2026-11-20
--              | 4           | 5              | 2026-01-01
-- given rights | account_uid | group_uid | permission_uid
--              | 2           |           | 5
--              |             | 10        | 6
-- given memberships | account_uid | group_uid
--                   | 3           | 11
-- given group_closure | group_uid | ancestor_uid | depth
--                     | 10        | 10           | 0
--                     | 11        | 11           | 0
--                     | 11        | 10           | 1
-- given permission_closure | permission_uid | included_uid | depth
--                          | 5              | 5            | 0
--                          | 6              | 6            | 0
--                          | 6              | 5            | 1
-- given permissions | uid | application | code
--                   | 5   | ERP         | PAY
--                   | 6   | ERP         | ALL
-- expect | uid | detail
--        | 1   | ERP/PAY
WITH used AS (
  SELECT u.account_uid, u.permission_uid FROM usages u WHERE u.last_on >= {as_of} - {days}
),
bringing AS (
  SELECT DISTINCT u.account_uid, u.permission_uid, c.permission_uid AS held_uid
  FROM used u JOIN permission_closure c ON c.included_uid = u.permission_uid
),
held AS (
  SELECT b.account_uid, b.permission_uid
  FROM bringing b JOIN rights r ON r.account_uid = b.account_uid AND r.permission_uid = b.held_uid
  UNION
  SELECT b.account_uid, b.permission_uid
  FROM bringing b
  JOIN memberships m ON m.account_uid = b.account_uid
  JOIN group_closure c ON c.group_uid = m.group_uid
  JOIN rights r ON r.group_uid = c.ancestor_uid AND r.permission_uid = b.held_uid
)
SELECT u.account_uid AS uid, p.application || '/' || p.code AS detail
FROM used u
JOIN permissions p ON p.uid = u.permission_uid
WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.account_uid = u.account_uid AND h.permission_uid = u.permission_uid)
