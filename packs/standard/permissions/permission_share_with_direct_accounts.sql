-- title: Shares that accounts hold directly, without a group
-- subject: permission
-- risk: 2
-- tags: permissions, quality
-- why: Who can read the share is seen neither in the groups nor by whoever approves members.
-- mitigation: Give the right to a group, and put the accounts into it.
-- needs: rights, permissions.category
-- iso27001: 5.15, 5.18
-- nist80053: AC-2, AC-6
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter categories texts = 'share,SHARE'
-- test: shares alone
-- given permissions | uid | category
--                   | 5   | share
--                   | 6   | role
--                   | 7   | share
-- given rights | account_uid | group_uid | permission_uid
--              | 1           |           | 5
--              | 1           |           | 6
--              |             | 9         | 7
-- expect | uid
--        | 5
SELECT DISTINCT p.uid
FROM permissions p JOIN rights r ON r.permission_uid = p.uid AND r.account_uid IS NOT NULL
WHERE p.category IN ({categories})
