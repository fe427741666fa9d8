-- title: Accounts of people who reach one application through several
-- subject: account
-- detail: the application
-- risk: 2
-- tags: accounts, ownership
-- why: Rights that are apart in two accounts come together in one person.
-- mitigation: Bring the rights together in one account, where duties do not exclude each other.
-- needs: rights, rule_pack_accounts
-- iso27001: 5.15, 8.3
-- nist80053: AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter limit integer = 1
-- test: rights that accounts hold themselves
-- given rule_pack_accounts | account_uid | is_open | identity_uid
--                          | 1           | true    | 7
--                          | 2           | true    | 7
--                          | 3           | true    | 8
-- given permissions | uid | application | code
--                   | 8   | ERP         | A
--                   | 9   | ERP         | B
-- given rights | account_uid | group_uid | permission_uid
--              | 1           |           | 8
--              | 2           |           | 9
--              | 3           |           | 8
--              | 3           |           | 9
-- expect | uid | detail
--        | 1   | ERP
--        | 2   | ERP
WITH reached AS (
  SELECT DISTINCT r.account_uid, p.application FROM rights r JOIN permissions p ON p.uid = r.permission_uid
  WHERE r.account_uid IS NOT NULL
),
owned AS (
  SELECT e.account_uid, e.application, a.identity_uid
  FROM reached e JOIN rule_pack_accounts a ON a.account_uid = e.account_uid
  WHERE a.is_open AND a.identity_uid IS NOT NULL
),
several AS (
  SELECT o.identity_uid, o.application FROM owned o GROUP BY o.identity_uid, o.application HAVING COUNT(*) > {limit}
)
SELECT o.account_uid AS uid, o.application AS detail
FROM owned o JOIN several s ON s.identity_uid = o.identity_uid AND s.application = o.application
