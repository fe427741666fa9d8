-- title: Accounts that need no password
-- subject: account
-- risk: 3
-- tags: accounts, passwords
-- why: Whoever knows the name of the account can log on.
-- mitigation: Require a password, and set one.
-- needs: accounts.password_not_required
-- iso27001: 5.17
-- nist80053: IA-5, IA-5(1)
-- sox: authentication
-- nis2: 21(2)(g), 21(2)(i)
-- dora: 9(4)(d)
-- test: of accounts that can log on, as the source says
-- given accounts | uid | is_enabled | password_not_required
--                | 1   | true       | true
--                | 2   | true       | false
--                | 3   | true       |
--                | 4   | false      | true
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
WHERE COALESCE(a.is_enabled, TRUE) AND a.password_not_required
