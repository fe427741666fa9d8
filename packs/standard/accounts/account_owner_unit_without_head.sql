-- title: Accounts whose owner belongs to a unit without a head
-- subject: account
-- risk: 0
-- tags: accounts, ownership
-- why: Nobody is there to be asked about the account.
-- mitigation: Name a head of the unit.
-- needs: identities.organisation, organisations.head, rule_pack_accounts
-- iso27001: 5.2, 5.18
-- nist80053: AC-2
-- sox: access review
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: the unit names no head
-- given rule_pack_accounts | account_uid | is_open | identity_uid
--                          | 1           | true    | 7
--                          | 2           | true    | 8
--                          | 3           | false   | 7
-- given identities | uid | organisation_uid
--                  | 7   | 1
--                  | 8   | 2
-- given organisations | uid | head_uid
--                     | 1   |
--                     | 2   | 9
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
JOIN identities i ON i.uid = a.identity_uid
JOIN organisations g ON g.uid = i.organisation_uid
WHERE a.is_open AND g.head_uid IS NULL
