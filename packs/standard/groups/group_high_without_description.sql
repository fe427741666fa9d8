-- title: Groups that give permissions of high sensitivity and have no description
-- subject: group
-- risk: 1
-- tags: groups, quality, sensitivity
-- why: Nobody who is asked to approve a member knows what for.
-- mitigation: Describe what its members can do.
-- needs: groups.description, rule_pack_groups
-- iso27001: 5.9
-- nist80053: PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- parameter level integer = 3
-- parameter extreme integer = 4
-- test: no description
-- given groups | uid | description
--              | 1   |
--              | 2   | pays
--              | 3   |
-- given rule_pack_groups | group_uid | sensitivity
--                        | 1         | 3
--                        | 2         | 3
--                        | 3         | 4
-- expect | uid
--        | 1
SELECT g.uid
FROM rule_pack_groups s JOIN groups g ON g.uid = s.group_uid
WHERE g.description IS NULL AND s.sensitivity >= {level} AND s.sensitivity < {extreme}
