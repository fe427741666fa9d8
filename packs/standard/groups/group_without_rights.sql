-- title: Groups with members that grant nothing
-- subject: group
-- risk: 0
-- tags: groups, usage
-- why: Members are added and taken out for nothing, unless something outside the collected applications looks at the group.
-- mitigation: Delete the group, or collect the application that uses it.
-- needs: rights, rule_pack_members
-- iso27001: 5.15, 5.18
-- nist80053: AC-2, AC-6
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: what groups around it grant counts; repositories of which no right is known do not
-- given groups | uid | repository
--              | 1   | AD
--              | 2   | AD
--              | 3   | AD
--              | 4   | CRM
-- given rule_pack_members | group_uid | accounts | open_accounts | groups
--                         | 1         | 2        | 2             | 0
--                         | 2         | 2        | 2             | 0
--                         | 3         | 0        | 0             | 0
--                         | 4         | 2        | 2             | 0
-- given group_closure | group_uid | ancestor_uid | depth
--                     | 1         | 1            | 0
--                     | 2         | 2            | 0
--                     | 2         | 3            | 1
--                     | 3         | 3            | 0
--                     | 4         | 4            | 0
-- given rights | account_uid | group_uid | permission_uid
--              |             | 3         | 5
-- expect | uid
--        | 1
WITH granting AS (
  SELECT DISTINCT c.group_uid FROM group_closure c JOIN rights r ON r.group_uid = c.ancestor_uid
),
known AS (
  SELECT DISTINCT g.repository FROM granting x JOIN groups g ON g.uid = x.group_uid
)
SELECT g.uid
FROM groups g
JOIN known k ON k.repository = g.repository
JOIN rule_pack_members m ON m.group_uid = g.uid AND m.accounts > 0
WHERE NOT EXISTS (SELECT 1 FROM granting x WHERE x.group_uid = g.uid)
