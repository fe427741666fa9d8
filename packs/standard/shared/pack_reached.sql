-- title: Applications that people reach through the rights of each account
-- Applications are told by the smallest number of their permissions: whole numbers are counted faster than texts.
-- needs: rights, rule_pack_accounts
-- test: rights that open accounts with an owner hold themselves, each application once
-- given rule_pack_accounts | account_uid | is_open | identity_uid
--                          | 1           | true    | 7
--                          | 2           | false   | 7
--                          | 3           | true    |
-- given permissions | uid | application | code
--                   | 8   | ERP         | A
--                   | 9   | ERP         | B
--                   | 10  | CRM         | A
-- given rights | account_uid | group_uid | permission_uid
--              | 1           |           | 9
--              | 1           |           | 8
--              | 1           |           | 10
--              | 2           |           | 8
--              | 3           |           | 8
--              |             | 4         | 8
-- expect | account_uid | identity_uid | first_permission_uid
--        | 1           | 7            | 8
--        | 1           | 7            | 10

WITH applications_of AS (
  SELECT p.application, MIN(p.uid) AS first_permission_uid FROM permissions p GROUP BY p.application
),
told AS (
  SELECT p.uid, a.first_permission_uid FROM permissions p JOIN applications_of a ON a.application = p.application
),
reached AS (
  SELECT DISTINCT r.account_uid, t.first_permission_uid FROM rights r JOIN told t ON t.uid = r.permission_uid
  WHERE r.account_uid IS NOT NULL
)
SELECT e.account_uid, a.identity_uid, e.first_permission_uid
FROM reached e JOIN rule_pack_accounts a ON a.account_uid = e.account_uid
WHERE a.is_open AND a.identity_uid IS NOT NULL
