-- title: Accounts of people with an old password
-- subject: account
-- risk: 1
-- tags: accounts, passwords
-- why: The longer a password is in use, the likelier it is that somebody else has it.
-- mitigation: Have the password changed; if passwords need not change where a second factor is used, set the days higher.
-- needs: accounts.password_set_on, rule_pack_accounts
-- iso27001: 5.17
-- nist80053: IA-5, IA-5(1)
-- sox: authentication
-- nis2: 21(2)(g), 21(2)(i)
-- dora: 9(4)(d)
-- parameter days integer = 90
-- test: older than the days, and of a person
-- with as_of = 2026-11-21
-- given accounts | uid | password_set_on
--                | 1   | 2026-08-22
--                | 2   | 2026-08-23
--                | 3   | 2020-01-01
--                | 4   | 2020-01-01
-- given rule_pack_accounts | account_uid | is_open | identity_uid
--                          | 1           | true    | 7
--                          | 2           | true    | 7
--                          | 3           | false   | 7
--                          | 4           | true    |
-- expect | uid
--        | 1
SELECT b.uid
FROM accounts b JOIN rule_pack_accounts a ON a.account_uid = b.uid
WHERE a.is_open AND a.identity_uid IS NOT NULL AND b.password_set_on < {as_of} - {days}
