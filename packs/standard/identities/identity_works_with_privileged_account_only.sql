-- title: People whose only account in a repository is privileged
-- subject: identity
-- detail: the repository
-- risk: 2
-- tags: identities, privileged
-- why: Mail is read and the web is browsed with the widest rights.
-- mitigation: Give them a second account for everyday work.
-- needs: accounts.is_privileged, rule_pack_accounts
-- iso27001: 8.2
-- nist80053: AC-2(7), AC-6(5)
-- sox: privileged access
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: a plain account beside it is enough
-- given rule_pack_accounts | account_uid | repository | is_open | is_privileged | identity_uid
--                          | 1           | AD         | true    | true          | 7
--                          | 2           | AD         | true    | true          | 8
--                          | 3           | AD         | true    | false         | 8
--                          | 4           | AD         | false   | false         | 7
-- expect | uid | detail
--        | 7   | AD
SELECT DISTINCT a.identity_uid AS uid, a.repository AS detail
FROM rule_pack_accounts a
WHERE a.is_open AND a.is_privileged
  AND NOT EXISTS (SELECT 1 FROM rule_pack_accounts p WHERE p.identity_uid = a.identity_uid
                  AND p.repository = a.repository AND p.is_open AND NOT p.is_privileged)
  AND a.identity_uid IS NOT NULL
