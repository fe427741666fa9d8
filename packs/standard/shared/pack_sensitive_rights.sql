-- title: Sensitive permissions that accounts hold, themselves or through groups
-- needs: permissions.sensitivity, rights
-- parameter level integer = 3
-- test: a right of an outer group is held by members of the inner one
-- given permissions | uid | sensitivity | category
--                   | 8   | 2           |
--                   | 9   | 3           | role
-- given rights | account_uid | group_uid | permission_uid
--              | 1           |           | 8
--              | 2           |           | 9
--              |             | 10        | 9
-- given memberships | account_uid | group_uid
--                   | 3           | 11
-- given group_closure | group_uid | ancestor_uid | depth
--                     | 10        | 10           | 0
--                     | 11        | 11           | 0
--                     | 11        | 10           | 1
-- expect | account_uid | permission_uid | sensitivity | category
--        | 2           | 9              | 3           | role
--        | 3           | 9              | 3           | role
WITH sensitive AS (
  SELECT p.uid, p.sensitivity, p.category FROM permissions p WHERE p.sensitivity >= {level}
),
through_groups AS (
  SELECT DISTINCT c.group_uid, r.permission_uid
  FROM rights r
  JOIN sensitive s ON s.uid = r.permission_uid
  JOIN group_closure c ON c.ancestor_uid = r.group_uid
),
held AS (
  SELECT r.account_uid, r.permission_uid FROM rights r JOIN sensitive s ON s.uid = r.permission_uid
  WHERE r.account_uid IS NOT NULL
  UNION
  SELECT m.account_uid, t.permission_uid FROM memberships m JOIN through_groups t ON t.group_uid = m.group_uid
  WHERE m.account_uid IS NOT NULL
)
SELECT h.account_uid, h.permission_uid, s.sensitivity, s.category
FROM held h JOIN sensitive s ON s.uid = h.permission_uid
