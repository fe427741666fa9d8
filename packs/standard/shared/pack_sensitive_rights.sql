-- title: Sensitive permissions that accounts hold, themselves or through groups, and whether these can log on
-- needs: permissions.sensitivity, rights, rule_pack_accounts
-- parameter level integer = 3
-- test: a right of an outer group is held by members of the inner one
-- given permissions | uid | sensitivity
--                   | 8   | 2
--                   | 9   | 3
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
-- given rule_pack_accounts | account_uid | is_open
--                          | 2           | true
--                          | 3           | false
-- expect | account_uid | permission_uid | is_open
--        | 2           | 9              | true
--        | 3           | 9              | false
WITH sensitive AS (
  SELECT p.uid FROM permissions p WHERE p.sensitivity >= {level}
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
SELECT h.account_uid, h.permission_uid, COALESCE(a.is_open, FALSE) AS is_open
FROM held h LEFT JOIN rule_pack_accounts a ON a.account_uid = h.account_uid
