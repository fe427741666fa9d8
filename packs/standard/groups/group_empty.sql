-- title: Groups without any member
-- subject: group
-- risk: 0
-- tags: groups, usage
-- why: What it grants, the next member gets without a thought.
-- mitigation: Delete the group.
-- needs: rule_pack_members
-- iso27001: 5.15, 5.18
-- nist80053: AC-2, AC-6
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: a group as a member is one
-- given rule_pack_members | group_uid | accounts | open_accounts | groups
--                         | 1         | 0        | 0             | 0
--                         | 2         | 1        | 0             | 0
--                         | 3         | 0        | 0             | 1
-- expect | uid
--        | 1
SELECT m.group_uid AS uid
FROM rule_pack_members m
WHERE m.accounts = 0 AND m.groups = 0
