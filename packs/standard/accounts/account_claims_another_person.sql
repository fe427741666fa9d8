-- title: Accounts that carry the employee id of somebody else than the owner
-- subject: account
-- risk: 2
-- tags: accounts, quality, ownership
-- why: Two sources disagree about whose account it is: one of them lets the wrong person be asked about it.
-- mitigation: Correct the id on the account, or the owner.
-- needs: accounts.employee_id
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: only ids of people who are there count
-- given accounts | uid | is_enabled | employee_id
--                | 1   | true       | E2
--                | 2   | true       | E1
--                | 3   | true       | E9
--                | 4   | true       |
-- given ownership | account_uid | identity_uid
--                 | 1           | 7
--                 | 2           | 7
--                 | 3           | 7
--                 | 4           | 7
-- given identities | uid | employee_id
--                  | 7   | E1
--                  | 8   | E2
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
JOIN ownership o ON o.account_uid = a.uid
JOIN identities c ON c.employee_id = a.employee_id
WHERE COALESCE(a.is_enabled, TRUE) AND c.uid <> o.identity_uid
