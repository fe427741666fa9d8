-- title: Accounts with another mail address than the owner
-- subject: account
-- risk: 2
-- tags: accounts, quality, ownership
-- why: Resets of the password go to somebody else than the owner.
-- mitigation: Correct the address or the owner.
-- needs: accounts.email, identities.email
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: addresses differ beyond case
-- given accounts | uid | is_enabled | email_norm
--                | 1   | true       | bob@x
--                | 2   | true       | ann@x
--                | 3   | true       |
-- given ownership | account_uid | identity_uid
--                 | 1           | 7
--                 | 2           | 7
--                 | 3           | 7
-- given identities | uid | email_norm
--                  | 7   | ann@x
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
JOIN ownership o ON o.account_uid = a.uid
JOIN identities i ON i.uid = o.identity_uid
WHERE COALESCE(a.is_enabled, TRUE) AND a.email_norm <> i.email_norm
