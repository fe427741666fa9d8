-- title: Accounts of people whose password never expires
-- subject: account
-- risk: 2
-- tags: accounts, passwords
-- why: A password that is never changed stays good for whoever once learnt it.
-- mitigation: Take the exemption away, or write down why it is needed and change the password by hand at intervals.
-- needs: accounts.password_never_expires, rule_pack_accounts
-- iso27001: 5.17
-- nist80053: IA-5, IA-5(1)
-- sox: authentication
-- nis2: 21(2)(g), 21(2)(i)
-- dora: 9(4)(d)
-- test: only accounts of this sort that can log on
-- given accounts | uid | password_never_expires
--                | 1   | true
--                | 2   | false
--                | 3   | true
--                | 4   | true
--                | 5   | true
-- given rule_pack_accounts | account_uid | is_open | identity_uid | ownerless
--                          | 1           | true    | 7            |
--                          | 2           | true    | 7            |
--                          | 3           | false   | 7            |
--                          | 4           | true    |              | service
--                          | 5           | true    |              |
-- expect | uid
--        | 1
SELECT b.uid
FROM accounts b JOIN rule_pack_accounts a ON a.account_uid = b.uid
WHERE b.password_never_expires AND a.is_open AND a.identity_uid IS NOT NULL
