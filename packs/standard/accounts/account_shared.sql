-- title: Accounts that several people share
-- subject: account
-- risk: 2
-- tags: accounts, ownership
-- why: What is done with the account is done by nobody in particular.
-- mitigation: Give each person an account of their own; where that cannot be, name who answers for it and change its password when one of them leaves.
-- needs: rule_pack_accounts
-- iso27001: 5.16, 8.2
-- nist80053: AC-2(9), IA-2(5)
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter reasons texts = 'shared,generic,team'
-- test: the reason says that it is shared
-- given rule_pack_accounts | account_uid | is_open | ownerless
--                          | 1           | true    | shared
--                          | 2           | true    | service
--                          | 3           | false   | shared
--                          | 4           | true    |
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE a.is_open AND a.ownerless IN ({reasons})
