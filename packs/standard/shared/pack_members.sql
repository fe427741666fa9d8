-- title: How many accounts are in each group, directly
-- needs: memberships, rule_pack_accounts
-- test: members that cannot log on are counted apart, groups that are members too
-- given groups | uid
--              | 1
--              | 2
-- given rule_pack_accounts | account_uid | is_open
--                          | 5           | true
--                          | 6           | false
-- given memberships | account_uid | member_group_uid | group_uid
--                   | 5           |                  | 1
--                   | 6           |                  | 1
--                   |             | 2                | 1
-- expect | group_uid | accounts | open_accounts | groups
--        | 1         | 2        | 1             | 1
--        | 2         | 0        | 0             | 0
SELECT g.uid AS group_uid, COUNT(m.account_uid) AS accounts,
       CAST(COUNT(*) FILTER (WHERE a.is_open) AS BIGINT) AS open_accounts,
       COUNT(m.member_group_uid) AS groups
FROM groups g
LEFT JOIN memberships m ON m.group_uid = g.uid
LEFT JOIN rule_pack_accounts a ON a.account_uid = m.account_uid
GROUP BY g.uid
