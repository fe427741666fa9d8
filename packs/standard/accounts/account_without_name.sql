-- title: Accounts without a display name
-- subject: account
-- risk: 1
-- tags: accounts, quality
-- why: Nobody who reviews the account can see whose it is.
-- mitigation: Give it a name that says whose it is, or what it is for.
-- needs: accounts.display_name
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: no name at all
-- given accounts | uid | is_enabled | display_name
--                | 1   | true       |
--                | 2   | true       | Ann Berg
--                | 3   | false      |
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
WHERE COALESCE(a.is_enabled, TRUE) AND a.display_name IS NULL
