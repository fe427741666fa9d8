-- title: Privileged accounts with an old password
-- subject: account
-- risk: 3
-- tags: accounts, passwords, privileged
-- why: The widest rights hang on a secret that has been in use for long.
-- mitigation: Change the password now, and keep it in a vault that changes it after each use.
-- needs: accounts.password_set_on, accounts.is_privileged, rule_pack_accounts
-- iso27001: 5.17
-- nist80053: IA-5, IA-5(1)
-- sox: authentication
-- nis2: 21(2)(g), 21(2)(i)
-- dora: 9(4)(d)
-- parameter days integer = 60
-- test: older than the days, and privileged
-- with as_of = 2026-11-21
-- given accounts | uid | password_set_on
--                | 1   | 2026-09-21
--                | 2   | 2026-11-01
--                | 3   | 2020-01-01
-- given rule_pack_accounts | account_uid | is_open | is_privileged
--                          | 1           | true    | true
--                          | 2           | true    | true
--                          | 3           | true    | false
-- expect | uid
--        | 1
SELECT b.uid
FROM accounts b JOIN rule_pack_accounts a ON a.account_uid = b.uid
WHERE a.is_open AND a.is_privileged AND b.password_set_on < {as_of} - {days}
