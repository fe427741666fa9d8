-- title: Groups all of whose members are disabled
-- subject: group
-- risk: 0
-- tags: groups, usage
-- why: Nobody uses what the group grants.
-- mitigation: Delete the group, or take the members out.
-- needs: accounts.is_enabled, rule_pack_members
-- iso27001: 5.15, 5.18
-- nist80053: AC-2, AC-6
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: one that can log on is enough
-- given rule_pack_members | group_uid | accounts | open_accounts | groups
--                         | 1         | 2        | 0             | 0
--                         | 2         | 2        | 1             | 0
--                         | 3         | 0        | 0             | 0
--                         | 4         | 1        | 0             | 1
-- expect | uid
--        | 1
SELECT m.group_uid AS uid
FROM rule_pack_members m
WHERE m.accounts > 0 AND m.open_accounts = 0 AND m.groups = 0
