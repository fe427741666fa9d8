-- title: Accounts of people without a second factor
-- subject: account
-- risk: 3
-- tags: accounts, authentication
-- why: A password that is guessed or given away is enough to be let in.
-- mitigation: Register a second factor.
-- needs: accounts.has_mfa, rule_pack_accounts
-- iso27001: 8.5
-- nist80053: IA-2(1), IA-2(2)
-- sox: authentication
-- nis2: 21(2)(j)
-- dora: 9(4)(d)
-- test: people's accounts that the source says have none
-- given accounts | uid | has_mfa
--                | 1   | false
--                | 2   | true
--                | 3   |
--                | 4   | false
-- given rule_pack_accounts | account_uid | is_open | identity_uid
--                          | 1           | true    | 7
--                          | 2           | true    | 7
--                          | 3           | true    | 7
--                          | 4           | true    |
-- expect | uid
--        | 1
SELECT b.uid
FROM accounts b JOIN rule_pack_accounts a ON a.account_uid = b.uid
WHERE a.is_open AND a.identity_uid IS NOT NULL AND NOT b.has_mfa
