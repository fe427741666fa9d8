-- title: Accounts with many failed log-ons in a row
-- subject: account
-- risk: 4
-- tags: accounts, passwords
-- why: Somebody, or a program, is trying passwords.
-- mitigation: Ask the owner; where it was not the owner, treat it as an attack. Old passwords kept in programs are the harmless cause.
-- needs: accounts.failed_logons
-- iso27001: 8.5, 8.16
-- nist80053: AC-7, AC-2(12)
-- sox: monitoring of access
-- nis2: 21(2)(i)
-- dora: 10(1)
-- parameter limit integer = 20
-- test: more than the limit
-- given accounts | uid | is_enabled | failed_logons
--                | 1   | true       | 21
--                | 2   | true       | 20
--                | 3   | false      | 99
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
WHERE COALESCE(a.is_enabled, TRUE) AND a.failed_logons > {limit}
