-- title: Permissions that include themselves
-- subject: permission
-- risk: 2
-- tags: permissions, quality
-- why: What such a role grants depends on who reads it, and in which order.
-- mitigation: Take one of the links out.
-- needs: permission_links
-- iso27001: 5.15, 5.18
-- nist80053: AC-2, AC-6
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: members of a circle
-- given cycle_members | table_name       | cycle_uid | uid
--                     | permission_links | 5         | 5
--                     | permission_links | 5         | 6
--                     | group_nesting    | 7         | 7
-- given permissions | uid
--                   | 5
--                   | 6
--                   | 7
-- expect | uid
--        | 5
--        | 6
SELECT DISTINCT c.uid
FROM cycle_members c
WHERE c.table_name = 'permission_links'
