-- title: New accounts in groups that give permissions of extreme sensitivity
-- subject: group
-- detail: the account
-- risk: 3
-- tags: groups, new, sensitivity
-- why: Whoever becomes a member can do what does harm: somebody must have agreed.
-- mitigation: Hold each against the request that was approved; take out whom nobody approved.
-- needs: memberships, rule_pack_groups
-- iso27001: 5.18, 8.2
-- nist80053: AC-2(4), AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter level integer = 4
-- test: members since the load before
-- given rule_pack_groups | group_uid | sensitivity
--                        | 1         | 4
--                        | 2         | 4
--                        | 3         | 3
-- given groups | uid
--              | 1
--              | 2
--              | 3
-- given accounts | uid | repository | identifier
--                | 50  | AD         | ann
-- given movements | table_name  | movement | kind    | uid | related_kind | related_uid
--                 | memberships | new      | account | 50  | group        | 1
--                 | memberships | deleted  | account | 50  | group        | 2
--                 | memberships | new      | account | 50  | group        | 3
-- expect | uid | detail
--        | 1   | AD/ann
SELECT m.related_uid AS uid, a.repository || '/' || a.identifier AS detail
FROM movements m
JOIN rule_pack_groups s ON s.group_uid = m.related_uid
JOIN accounts a ON a.uid = m.uid
WHERE m.table_name = 'memberships' AND m.movement = 'new' AND m.kind = 'account' AND s.sensitivity >= {level}
