-- title: Accounts that can log on and that have no owner
-- subject: account
-- risk: 3
-- tags: accounts, ownership
-- why: Nobody answers for what is done with the account, and nobody takes it away.
-- mitigation: Find the owner or the reason why there is none, and decide it in the decision file; disable the account until then.
-- needs: rule_pack_accounts
-- iso27001: 5.16
-- nist80053: AC-2, IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: an owner or a reason for having none is enough
-- given rule_pack_accounts | account_uid | is_open | identity_uid | ownerless
--                          | 1           | true    |              |
--                          | 2           | true    | 7            |
--                          | 3           | true    |              | service
--                          | 4           | false   |              |
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE a.is_open AND a.identity_uid IS NULL AND a.ownerless IS NULL
