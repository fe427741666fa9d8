-- title: Groups that contain much of all accounts, with the share
-- All accounts are those of the repository of the group that can log on.
-- needs: memberships, rule_pack_accounts, rule_pack_members
-- parameter least double = 0.5
-- test: members of inner groups are members, and only accounts that can log on count
-- given groups | uid | repository
--              | 1   | AD
--              | 2   | AD
-- given rule_pack_accounts | account_uid | repository | is_open
--                          | 5           | AD         | true
--                          | 6           | AD         | true
--                          | 7           | AD         | false
--                          | 8           | ERP        | true
-- given rule_pack_members | group_uid | accounts
--                         | 1         | 1
--                         | 2         | 2
-- given memberships | account_uid | member_group_uid | group_uid
--                   | 5           |                  | 1
--                   | 6           |                  | 2
--                   | 7           |                  | 2
-- given group_closure | group_uid | ancestor_uid | depth
--                     | 1         | 1            | 0
--                     | 2         | 2            | 0
--                     | 2         | 1            | 1
-- expect | group_uid | accounts | share
--        | 1         | 2        | 1.0
--        | 2         | 1        | 0.5
WITH everybody AS (
  SELECT a.repository, COUNT(*) AS accounts FROM rule_pack_accounts a WHERE a.is_open GROUP BY a.repository
),
-- Memberships, each counted as often as it is there: no group has more members. Few groups are left to be counted exactly.
large AS (
  SELECT c.ancestor_uid AS group_uid, e.accounts
  FROM rule_pack_members d
  JOIN group_closure c ON c.group_uid = d.group_uid
  JOIN groups g ON g.uid = c.ancestor_uid
  JOIN everybody e ON e.repository = g.repository
  GROUP BY c.ancestor_uid, e.accounts
  HAVING CAST(SUM(d.accounts) AS DOUBLE) >= {least} * CAST(e.accounts AS DOUBLE)
),
members AS (
  SELECT DISTINCT l.group_uid, l.accounts AS all_accounts, m.account_uid
  FROM large l
  JOIN group_closure c ON c.ancestor_uid = l.group_uid
  JOIN memberships m ON m.group_uid = c.group_uid
  JOIN rule_pack_accounts a ON a.account_uid = m.account_uid
  WHERE a.is_open
),
counted AS (
  SELECT m.group_uid, m.all_accounts, COUNT(*) AS accounts FROM members m GROUP BY m.group_uid, m.all_accounts
)
SELECT c.group_uid, c.accounts, CAST(c.accounts AS DOUBLE) / CAST(c.all_accounts AS DOUBLE) AS share
FROM counted c
WHERE CAST(c.accounts AS DOUBLE) >= {least} * CAST(c.all_accounts AS DOUBLE)
