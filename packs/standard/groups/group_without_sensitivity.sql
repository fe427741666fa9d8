-- title: Groups whose sensitivity nobody has stated
-- subject: group
-- risk: 0
-- tags: groups, quality, sensitivity
-- why: What matters is not told from what does not.
-- mitigation: State how much harm a member can do.
-- needs: groups.sensitivity
-- iso27001: 5.12
-- nist80053: RA-2
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- test: not stated
-- given groups | uid | sensitivity
--              | 1   |
--              | 2   | 0
-- expect | uid
--        | 1
SELECT g.uid
FROM groups g
WHERE g.sensitivity IS NULL
