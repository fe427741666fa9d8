-- title: Accounts whose user may not change the password
-- subject: account
-- risk: 2
-- tags: accounts, passwords
-- why: Whoever set the password knows it, and goes on knowing it.
-- mitigation: Let the user change it, or make the account one that is no person's.
-- needs: accounts.password_cannot_change
-- iso27001: 5.17
-- nist80053: IA-5, IA-5(1)
-- sox: authentication
-- nis2: 21(2)(g), 21(2)(i)
-- dora: 9(4)(d)
-- test: of accounts that can log on, as the source says
-- given accounts | uid | is_enabled | password_cannot_change
--                | 1   | true       | true
--                | 2   | true       | false
--                | 3   | true       |
--                | 4   | false      | true
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
WHERE COALESCE(a.is_enabled, TRUE) AND a.password_cannot_change
