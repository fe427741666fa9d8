-- title: Groups with the share of all accounts that they contain
-- All accounts are those of the repository of the group that can log on.
-- needs: memberships, rule_pack_accounts
-- test: members of inner groups are members, and only accounts that can log on count
-- given groups | uid | repository
--              | 1   | AD
--              | 2   | AD
-- given rule_pack_accounts | account_uid | repository | is_open
--                          | 5           | AD         | true
--                          | 6           | AD         | true
--                          | 7           | AD         | false
--                          | 8           | ERP        | true
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
members AS (
  SELECT DISTINCT c.ancestor_uid AS group_uid, m.account_uid
  FROM memberships m
  JOIN group_closure c ON c.group_uid = m.group_uid
  JOIN rule_pack_accounts a ON a.account_uid = m.account_uid
  WHERE a.is_open
),
counted AS (
  SELECT m.group_uid, COUNT(*) AS accounts FROM members m GROUP BY m.group_uid
)
SELECT c.group_uid, c.accounts, CAST(c.accounts AS DOUBLE) / CAST(e.accounts AS DOUBLE) AS share
FROM counted c
JOIN groups g ON g.uid = c.group_uid
JOIN everybody e ON e.repository = g.repository
