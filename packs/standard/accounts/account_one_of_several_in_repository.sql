-- title: Accounts of people who have several in one repository
-- subject: account
-- risk: 2
-- tags: accounts, ownership
-- why: A second account escapes what is done about the first, on the day of departure too.
-- mitigation: Keep the one that is needed; say of others, such as those for administration, that they are.
-- needs: rule_pack_accounts
-- iso27001: 5.15, 8.3
-- nist80053: AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter limit integer = 1
-- test: privileged ones count apart
-- given rule_pack_accounts | account_uid | repository | is_open | is_privileged | identity_uid
--                          | 1           | AD         | true    | false         | 7
--                          | 2           | AD         | true    | false         | 7
--                          | 3           | AD         | true    | true          | 7
--                          | 4           | ERP        | true    | false         | 7
--                          | 5           | AD         | false   | false         | 8
--                          | 6           | AD         | true    | false         | 8
-- expect | uid
--        | 1
--        | 2
WITH several AS (
  SELECT a.repository, a.identity_uid, a.is_privileged FROM rule_pack_accounts a
  WHERE a.is_open AND a.identity_uid IS NOT NULL
  GROUP BY a.repository, a.identity_uid, a.is_privileged HAVING COUNT(*) > {limit}
)
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
JOIN several s ON s.repository = a.repository AND s.identity_uid = a.identity_uid AND s.is_privileged = a.is_privileged
WHERE a.is_open
