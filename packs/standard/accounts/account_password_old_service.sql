-- title: Accounts that are no person's with an old password
-- subject: account
-- risk: 2
-- tags: accounts, passwords, service
-- why: Passwords of programs lie in files and heads of people who have left since.
-- mitigation: Change the password, and let a vault do it from now on.
-- needs: accounts.password_set_on, rule_pack_accounts
-- iso27001: 5.17
-- nist80053: IA-5, IA-5(1)
-- sox: authentication
-- nis2: 21(2)(g), 21(2)(i)
-- dora: 9(4)(d)
-- parameter days integer = 365
-- test: older than a year, and no person's
-- with as_of = 2026-11-21
-- given accounts | uid | password_set_on
--                | 1   | 2025-11-20
--                | 2   | 2025-11-22
--                | 3   | 2020-01-01
-- given rule_pack_accounts | account_uid | is_open | identity_uid | ownerless
--                          | 1           | true    |              | service
--                          | 2           | true    |              | service
--                          | 3           | true    | 7            |
-- expect | uid
--        | 1
SELECT b.uid
FROM accounts b JOIN rule_pack_accounts a ON a.account_uid = b.uid
WHERE a.is_open AND a.ownerless IS NOT NULL AND a.ownerless <> 'leaved' AND b.password_set_on < {as_of} - {days}
