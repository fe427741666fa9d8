-- title: People with several accounts in one repository that can log on
-- subject: identity
-- detail: the repository
-- risk: 2
-- tags: identities, least
-- why: A second account escapes what is done about the first, on the day of departure too.
-- mitigation: Keep the one that is needed; say of others what they are for.
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
--                          | 5           | AD         | true    | false         | 8
--                          | 6           | AD         | true    | true          | 8
-- expect | uid | detail
--        | 7   | AD
SELECT DISTINCT q.uid, q.detail
FROM (
  SELECT a.identity_uid AS uid, a.repository AS detail, a.is_privileged
  FROM rule_pack_accounts a
  WHERE a.is_open AND a.identity_uid IS NOT NULL
  GROUP BY a.identity_uid, a.repository, a.is_privileged HAVING COUNT(*) > {limit}
) q
