-- title: Groups with how sensitive the rights are that they give
-- needs: permissions.sensitivity, rights
-- test: what a group gives through the groups around it counts
-- given groups | uid
--              | 1
--              | 2
--              | 3
-- given group_closure | group_uid | ancestor_uid | depth
--                     | 1         | 1            | 0
--                     | 2         | 2            | 0
--                     | 3         | 3            | 0
--                     | 1         | 2            | 1
-- given rights | account_uid | group_uid | permission_uid
--              |             | 1         | 8
--              |             | 2         | 9
--              | 5           |           | 9
-- given permissions | uid | sensitivity
--                   | 8   | 1
--                   | 9   | 4
-- expect | group_uid | sensitivity
--        | 1         | 4
--        | 2         | 4
WITH given AS (
  SELECT r.group_uid, MAX(p.sensitivity) AS sensitivity
  FROM rights r JOIN permissions p ON p.uid = r.permission_uid
  WHERE r.group_uid IS NOT NULL AND p.sensitivity IS NOT NULL
  GROUP BY r.group_uid
)
SELECT c.group_uid, MAX(g.sensitivity) AS sensitivity
FROM given g JOIN group_closure c ON c.ancestor_uid = g.group_uid
GROUP BY c.group_uid
