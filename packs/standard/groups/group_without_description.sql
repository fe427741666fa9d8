-- title: Groups without a description
-- subject: group
-- risk: 0
-- tags: groups, quality
-- why: Nobody who is asked to approve a member knows what for.
-- mitigation: Describe what its members can do.
-- needs: groups.description
-- iso27001: 5.9
-- nist80053: PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- test: no description
-- given groups | uid | description
--              | 1   |
--              | 2   | pays
-- expect | uid
--        | 1
SELECT g.uid
FROM groups g
WHERE g.description IS NULL
