-- title: People with privileged accounts in several repositories
-- subject: identity
-- risk: 3
-- tags: identities, privileged
-- why: One stolen workplace opens several systems at once.
-- mitigation: Let different people administer different systems.
-- needs: accounts.is_privileged, rule_pack_accounts
-- iso27001: 8.2
-- nist80053: AC-2(7), AC-6(5)
-- sox: privileged access
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter limit integer = 2
-- test: more repositories than the limit
-- given rule_pack_accounts | account_uid | repository | is_open | is_privileged | identity_uid
--                          | 1           | A          | true    | true          | 7
--                          | 2           | B          | true    | true          | 7
--                          | 3           | C          | true    | true          | 7
--                          | 4           | A          | true    | true          | 8
--                          | 5           | A          | true    | true          | 8
--                          | 6           | A          | true    | true          | 8
-- expect | uid
--        | 7
SELECT a.identity_uid AS uid
FROM rule_pack_accounts a
WHERE a.is_open AND a.is_privileged AND a.identity_uid IS NOT NULL
GROUP BY a.identity_uid HAVING COUNT(DISTINCT a.repository) > {limit}
