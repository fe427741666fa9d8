-- title: Accounts that can log on and whose owner has left
-- subject: account
-- risk: 5
-- tags: accounts, leavers
-- why: A former employee, or whoever knows the password, still has access.
-- mitigation: Disable the account today; find out whether it was used since.
-- needs: rule_pack_accounts
-- iso27001: 5.18, 6.5
-- nist80053: AC-2(3), PS-4
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: the owner left, and the account can log on
-- given rule_pack_accounts | account_uid | is_open | ownerless
--                          | 1           | true    | leaved
--                          | 2           | false   | leaved
--                          | 3           | true    | service
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE a.is_open AND a.ownerless = 'leaved'
