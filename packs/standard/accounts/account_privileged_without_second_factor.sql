-- title: Privileged accounts without a second factor
-- subject: account
-- risk: 5
-- tags: accounts, authentication, privileged
-- why: A password that is guessed or given away is enough to have the widest rights.
-- mitigation: Register a second factor today, or disable the account.
-- needs: accounts.has_mfa, accounts.is_privileged, rule_pack_accounts
-- iso27001: 8.5
-- nist80053: IA-2(1), IA-2(2)
-- sox: authentication
-- nis2: 21(2)(j)
-- dora: 9(4)(d)
-- test: privileged ones that the source says have none
-- given accounts | uid | has_mfa
--                | 1   | false
--                | 2   | true
--                | 3   | false
--                | 4   | false
-- given rule_pack_accounts | account_uid | is_open | is_privileged
--                          | 1           | true    | true
--                          | 2           | true    | true
--                          | 3           | true    | false
--                          | 4           | false   | true
-- expect | uid
--        | 1
SELECT b.uid
FROM accounts b JOIN rule_pack_accounts a ON a.account_uid = b.uid
WHERE a.is_open AND a.is_privileged AND NOT b.has_mfa
