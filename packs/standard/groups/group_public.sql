-- title: Groups that contain everybody
-- subject: group
-- risk: 0
-- tags: groups, public
-- why: What it grants is granted to all, whoever approves the members.
-- mitigation: Say that it is so on purpose; see what it grants.
-- needs: rule_pack_public_groups
-- iso27001: 5.15, 8.3
-- nist80053: AC-3, AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter share double = 1.0
-- parameter min_accounts integer = 10
-- test: by the share of the accounts of its repository, from ten accounts on
-- given rule_pack_public_groups | group_uid | accounts | share
--                               | 1         | 20       | 1.0
--                               | 2         | 18       | 0.9
--                               | 3         | 17       | 0.85
--                               | 4         | 2        | 1.0
-- expect | uid
--        | 1
SELECT p.group_uid AS uid
FROM rule_pack_public_groups p
WHERE p.share >= {share} AND p.accounts >= {min_accounts}
