-- title: Groups that give permissions of extreme sensitivity and whose owner is external
-- subject: group
-- risk: 0
-- tags: groups, ownership, sensitivity, external
-- why: Somebody who answers to another company decides who becomes a member.
-- mitigation: Name an employee as the owner.
-- needs: groups.owner, identities.contract, rule_pack_groups
-- iso27001: 5.9, 5.18
-- nist80053: AC-2, PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- parameter level integer = 4
-- parameter external texts = 'EXTERNAL,CONTRACTOR,External,Contractor,external,contractor'
-- test: by the contract of the owner
-- given groups | uid | owner_uid
--              | 1   | 7
--              | 2   | 8
--              | 3   | 7
-- given rule_pack_groups | group_uid | sensitivity
--                        | 1         | 4
--                        | 2         | 4
--                        | 3         | 3
-- given identities | uid | contract
--                  | 7   | EXTERNAL
--                  | 8   | PERMANENT
-- expect | uid
--        | 1
SELECT g.uid
FROM rule_pack_groups s
JOIN groups g ON g.uid = s.group_uid
JOIN identities i ON i.uid = g.owner_uid
WHERE i.contract IN ({external}) AND s.sensitivity >= {level}
