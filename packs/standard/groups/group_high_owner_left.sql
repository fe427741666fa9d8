-- title: Groups that give permissions of high sensitivity and whose owner is gone
-- subject: group
-- risk: 1
-- tags: groups, ownership, sensitivity, leavers
-- why: Nobody decides who becomes a member of what matters, and everybody thinks that somebody does.
-- mitigation: Name a new owner.
-- needs: groups.owner, rule_pack_groups
-- iso27001: 5.9, 5.18
-- nist80053: AC-2, PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- parameter level integer = 3
-- parameter extreme integer = 4
-- test: inactive, or not listed any more
-- given groups | uid | owner_uid
--              | 1   | 7
--              | 2   | 8
--              | 3   | 7
-- given rule_pack_groups | group_uid | sensitivity
--                        | 1         | 3
--                        | 2         | 3
--                        | 3         | 4
-- given identity_status | uid | status
--                       | 7   | inactive
--                       | 8   | active
-- expect | uid
--        | 1
SELECT g.uid
FROM rule_pack_groups s
JOIN groups g ON g.uid = s.group_uid
LEFT JOIN identity_status o ON o.uid = g.owner_uid
WHERE g.owner_uid IS NOT NULL AND COALESCE(o.status, 'gone') <> 'active' AND s.sensitivity >= {level} AND s.sensitivity < {extreme}
