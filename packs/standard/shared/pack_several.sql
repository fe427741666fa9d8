-- title: People with several accounts of one kind in one repository, and how many
-- Privileged accounts and others are two kinds; accounts that cannot log on do not count.
-- needs: rule_pack_accounts
-- test: one plain and one privileged account are not several
-- given rule_pack_accounts | account_uid | repository | is_open | is_privileged | identity_uid
--                          | 1           | AD         | true    | false         | 7
--                          | 2           | AD         | true    | false         | 7
--                          | 3           | AD         | true    | true          | 7
--                          | 4           | ERP        | true    | false         | 7
--                          | 5           | ERP        | false   | false         | 7
--                          | 6           | AD         | true    | false         |
--                          | 8           | AD         | true    | false         |
-- expect | identity_uid | repository | is_privileged | accounts
--        | 7            | AD         | false         | 2
SELECT a.identity_uid, a.repository, a.is_privileged, COUNT(*) AS accounts
FROM rule_pack_accounts a
WHERE a.is_open AND a.identity_uid IS NOT NULL
GROUP BY a.identity_uid, a.repository, a.is_privileged HAVING COUNT(*) > 1
