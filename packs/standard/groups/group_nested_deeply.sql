-- title: Groups that lie many steps within others
-- subject: group
-- risk: 0
-- tags: groups, quality
-- why: Nobody who adds a member sees what the outermost group grants.
-- mitigation: Flatten the nesting.
-- needs: group_nesting
-- iso27001: 5.15, 5.18
-- nist80053: AC-2, AC-6
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter depth integer = 5
-- test: more steps than the limit
-- given group_closure | group_uid | ancestor_uid | depth
--                     | 1         | 1            | 0
--                     | 1         | 2            | 1
--                     | 1         | 3            | 6
--                     | 2         | 3            | 5
-- given groups | uid
--              | 1
--              | 2
--              | 3
-- expect | uid
--        | 1
SELECT c.group_uid AS uid
FROM group_closure c
GROUP BY c.group_uid HAVING MAX(c.depth) > {depth}
