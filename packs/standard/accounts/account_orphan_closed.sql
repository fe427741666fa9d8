-- title: Disabled accounts that have no owner
-- subject: account
-- risk: 1
-- tags: accounts, ownership
-- why: An account without an owner is not deleted by anybody, and can be enabled again.
-- mitigation: Delete the account, or find its owner.
-- needs: accounts.is_enabled, rule_pack_accounts
-- iso27001: 5.16
-- nist80053: AC-2, IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: only disabled ones count
-- given rule_pack_accounts | account_uid | is_open | identity_uid | ownerless
--                          | 1           | true    |              |
--                          | 2           | false   |              |
--                          | 3           | false   | 7            |
-- expect | uid
--        | 2
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE NOT a.is_open AND a.identity_uid IS NULL AND a.ownerless IS NULL
