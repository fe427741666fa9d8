-- title: Accounts that can log on, hold no right and are in no group
-- subject: account
-- risk: 1
-- tags: accounts, usage
-- why: An account that can do nothing is left over from a time when it could, or waits to be filled.
-- mitigation: Delete the account.
-- needs: rights, rule_pack_accounts, rule_pack_bare
-- iso27001: 5.16, 5.18
-- nist80053: AC-2(3)
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: only repositories of which rights or groups are known
-- given rule_pack_accounts | account_uid | repository | is_open
--                          | 1           | AD         | true
--                          | 2           | AD         | true
--                          | 3           | AD         | true
--                          | 4           | CRM        | true
-- given rule_pack_bare | account_uid | repository | is_open
--                      | 1           | AD         | true
--                      | 4           | CRM        | true
-- expect | uid
--        | 1
WITH
-- Where all accounts are bare, rights and groups are not known.
accounts_of AS (SELECT a.repository, COUNT(*) AS accounts FROM rule_pack_accounts a GROUP BY a.repository),
bare_of AS (SELECT b.repository, COUNT(*) AS accounts FROM rule_pack_bare b GROUP BY b.repository)
SELECT b.account_uid AS uid
FROM rule_pack_bare b
JOIN bare_of o ON o.repository = b.repository
JOIN accounts_of a ON a.repository = b.repository
WHERE b.is_open AND o.accounts < a.accounts
