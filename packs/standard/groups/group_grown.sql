-- title: Groups with very many more members than in the load before
-- subject: group
-- risk: 1
-- tags: groups, new
-- why: So many at once are a mistake, or somebody opening a door.
-- mitigation: Ask the owner who added them, and why.
-- needs: rule_pack_members, rule_pack_members_before
-- iso27001: 5.18, 8.16
-- nist80053: AC-2(4), AC-2(12)
-- sox: monitoring of access
-- nis2: 21(2)(i)
-- dora: 10(1)
-- parameter members integer = 1000
-- test: more than the limit, and not on a first load
-- with members = 10
-- given rule_pack_members | group_uid | accounts | open_accounts | groups
--                         | 1         | 15       | 15            | 0
--                         | 2         | 13       | 13            | 0
--                         | 3         | 11       | 11            | 0
-- given rule_pack_members_before | group_uid | accounts
--                                | 1         | 4
--                                | 2         | 4
-- expect | uid
--        | 1
--        | 3
SELECT m.group_uid AS uid
FROM rule_pack_members m
LEFT JOIN rule_pack_members_before b ON b.group_uid = m.group_uid
CROSS JOIN (SELECT COUNT(*) AS known FROM rule_pack_members_before) before
WHERE m.accounts - COALESCE(b.accounts, 0) > {members} AND before.known > 0
