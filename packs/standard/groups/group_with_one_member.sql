-- title: Groups with one member alone
-- subject: group
-- risk: 0
-- tags: groups, quality
-- why: A right given to one person by way of a group is not seen as that person's.
-- mitigation: Give the right to the person, or say who else is to have it.
-- needs: rule_pack_members
-- iso27001: 5.15, 5.18
-- nist80053: AC-2, AC-6
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: exactly one account, and no group
-- given rule_pack_members | group_uid | accounts | open_accounts | groups
--                         | 1         | 1        | 1             | 0
--                         | 2         | 2        | 2             | 0
--                         | 3         | 1        | 1             | 1
-- expect | uid
--        | 1
SELECT m.group_uid AS uid
FROM rule_pack_members m
WHERE m.accounts = 1 AND m.groups = 0
