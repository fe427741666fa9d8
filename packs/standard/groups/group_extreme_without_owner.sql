-- title: Groups that give permissions of extreme sensitivity and have no owner
-- subject: group
-- risk: 2
-- tags: groups, ownership, sensitivity
-- why: Nobody decides who becomes a member of what matters.
-- mitigation: Name an owner.
-- needs: groups.owner, rule_pack_groups
-- iso27001: 5.9, 5.18
-- nist80053: AC-2, PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- parameter level integer = 4
-- test: no owner at all
-- given groups | uid | owner_uid
--              | 1   |
--              | 2   | 7
--              | 3   |
-- given rule_pack_groups | group_uid | sensitivity
--                        | 1         | 4
--                        | 2         | 4
--                        | 3         | 3
-- expect | uid
--        | 1
SELECT g.uid
FROM rule_pack_groups s JOIN groups g ON g.uid = s.group_uid
WHERE g.owner_uid IS NULL AND s.sensitivity >= {level}
