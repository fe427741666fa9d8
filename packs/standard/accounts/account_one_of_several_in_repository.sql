-- title: Accounts of people who have several in one repository
-- subject: account
-- risk: 2
-- tags: accounts, ownership
-- why: A second account escapes what is done about the first, on the day of departure too.
-- mitigation: Keep the one that is needed; say of others, such as those for administration, that they are.
-- needs: rule_pack_accounts, rule_pack_several
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
-- given rule_pack_several | identity_uid | repository | is_privileged | accounts
--                         | 7            | AD         | false         | 2
-- expect | uid
--        | 1
--        | 2
SELECT a.account_uid AS uid
FROM rule_pack_several s
JOIN rule_pack_accounts a
  ON a.identity_uid = s.identity_uid AND a.repository = s.repository AND a.is_privileged = s.is_privileged
WHERE a.is_open AND s.accounts > {limit}
