-- title: Accounts whose name does not have the family name of the owner
-- subject: account
-- risk: 1
-- tags: accounts, quality, ownership
-- why: The account may have been handed on, or given to the wrong owner.
-- mitigation: Look at how the owner was found; correct the name or the owner.
-- needs: accounts.display_name, identities.family_name
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: accents and case do not count
-- given accounts | uid | is_enabled | display_name_norm
--                | 1   | true       | bob holm
--                | 2   | true       | ann berg
--                | 3   | false      | bob holm
--                | 4   | true       | x
-- given ownership | account_uid | identity_uid
--                 | 1           | 7
--                 | 2           | 7
--                 | 3           | 7
-- given identities | uid | family_name_norm
--                  | 7   | berg
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
JOIN ownership o ON o.account_uid = a.uid
JOIN identities i ON i.uid = o.identity_uid
WHERE COALESCE(a.is_enabled, TRUE) AND STRPOS(a.display_name_norm, i.family_name_norm) = 0
