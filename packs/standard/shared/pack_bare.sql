-- title: Accounts that neither hold a right nor are in a group
-- needs: rights, rule_pack_accounts
-- test: one right or one group is enough
-- given rule_pack_accounts | account_uid | repository | is_open
--                          | 1           | AD         | true
--                          | 2           | AD         | true
--                          | 3           | AD         | true
--                          | 4           | CRM        | false
-- given rights | account_uid | group_uid | permission_uid
--              | 2           |           | 8
-- given memberships | account_uid | group_uid
--                   | 3           | 10
-- expect | account_uid | repository | is_open
--        | 1           | AD         | true
--        | 4           | CRM        | false
SELECT a.account_uid, a.repository, a.is_open
FROM rule_pack_accounts a
WHERE NOT EXISTS (SELECT 1 FROM rights r WHERE r.account_uid = a.account_uid)
  AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.account_uid = a.account_uid)
