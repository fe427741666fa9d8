-- title: Groups that lie within themselves
-- subject: group
-- risk: 2
-- tags: groups, quality
-- why: What such a group grants depends on who reads the nesting, and in which order.
-- mitigation: Take one of the links out.
-- needs: group_nesting
-- iso27001: 5.15, 5.18
-- nist80053: AC-2, AC-6
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: members of a circle
-- given cycle_members | table_name       | cycle_uid | uid
--                     | group_nesting    | 1         | 1
--                     | group_nesting    | 1         | 2
--                     | permission_links | 3         | 3
-- given groups | uid
--              | 1
--              | 2
--              | 3
-- expect | uid
--        | 1
--        | 2
SELECT DISTINCT c.uid
FROM cycle_members c
WHERE c.table_name = 'group_nesting'
