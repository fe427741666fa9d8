-- title: Local groups that contain all accounts of the directory
-- subject: group
-- detail: the group that contains everybody
-- risk: 3
-- tags: groups, public, local
-- why: Every account of the directory, new ones too, has what the group grants.
-- mitigation: Put those in who need it, in the place of everybody.
-- needs: group_nesting, groups.category
-- iso27001: 5.15, 8.3
-- nist80053: AC-3, AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter codes texts = 'DOMAIN USERS,Domain Users,domain users,DOMAIN GUESTS,Domain Guests,domain guests'
-- parameter categories texts = 'local,LOCAL,Local'
-- test: local by category; through other groups, too
-- given groups | uid | repository | code         | category
--              | 1   | SRV1       | ADMINS       | local
--              | 2   | SRV1       | USERS        | local
--              | 3   | AD         | DOMAIN USERS | global
--              | 4   | AD         | SALES        | global
--              | 5   | AD         | ALL          | global
-- given group_closure | group_uid | ancestor_uid | depth
--                     | 1         | 1            | 0
--                     | 2         | 2            | 0
--                     | 3         | 3            | 0
--                     | 3         | 5            | 1
--                     | 3         | 1            | 2
--                     | 4         | 4            | 0
--                     | 4         | 2            | 1
-- expect | uid | detail
--        | 1   | AD/DOMAIN USERS
SELECT o.uid, g.repository || '/' || g.code AS detail
FROM groups g
JOIN group_closure c ON c.group_uid = g.uid AND c.depth > 0
JOIN groups o ON o.uid = c.ancestor_uid
WHERE g.code IN ({codes}) AND o.category IN ({categories})
