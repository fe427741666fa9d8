-- title: Accounts used before they were made
-- subject: account
-- risk: 1
-- tags: quality
-- why: The account was made anew under an old name, or one of the days is wrong.
-- mitigation: See whether the account is what it seems.
-- needs: accounts.last_logon_on, accounts.created_on
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: the day itself is none before
-- given accounts | uid | created_on | last_logon_on
--                | 1   | 2026-11-02 | 2026-11-01
--                | 2   | 2026-11-01 | 2026-11-01
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
WHERE a.last_logon_on < a.created_on
