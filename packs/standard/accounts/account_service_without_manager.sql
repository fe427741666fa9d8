-- title: Accounts that are no person's and that nobody manages
-- subject: account
-- risk: 1
-- tags: accounts, service, ownership
-- why: Nobody knows whether the program behind it still runs.
-- mitigation: Name who answers for the account; delete it where nobody does.
-- needs: managers, manager_links, rule_pack_accounts
-- iso27001: 5.16, 8.2
-- nist80053: AC-2, IA-9
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: a manager in any domain is enough
-- given rule_pack_accounts | account_uid | is_open | ownerless
--                          | 1           | true    | service
--                          | 2           | true    | service
--                          | 3           | true    | leaved
--                          | 4           | false   | service
--                          | 5           | true    |
-- given managers | kind     | uid | identity_uid
--                | account  | 2   | 7
--                | identity | 1   | 7
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE a.is_open AND a.ownerless IS NOT NULL AND a.ownerless <> 'leaved'
  AND NOT EXISTS (SELECT 1 FROM managers m WHERE m.kind = 'account' AND m.uid = a.account_uid)
