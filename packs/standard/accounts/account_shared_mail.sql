-- title: Accounts of different owners with one mail address
-- subject: account
-- risk: 2
-- tags: accounts, quality
-- why: Whoever reads that mailbox can take over all of these accounts.
-- mitigation: Give each account the address of its owner.
-- needs: accounts.email, rule_pack_accounts
-- iso27001: 5.16, 8.2
-- nist80053: AC-2(9), IA-2(5)
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: two accounts of one owner may share
-- given accounts | uid | email_norm
--                | 1   | a@x
--                | 2   | a@x
--                | 3   | b@x
--                | 4   | b@x
--                | 5   |
-- given rule_pack_accounts | account_uid | is_open | identity_uid
--                          | 1           | true    | 7
--                          | 2           | true    | 8
--                          | 3           | true    | 7
--                          | 4           | true    | 7
--                          | 5           | true    | 9
-- expect | uid
--        | 1
--        | 2
SELECT b.uid
FROM accounts b
JOIN rule_pack_accounts a ON a.account_uid = b.uid
WHERE a.is_open AND a.identity_uid IS NOT NULL AND b.email_norm IN (
  SELECT c.email_norm FROM accounts c JOIN rule_pack_accounts o ON o.account_uid = c.uid
  WHERE o.is_open AND o.identity_uid IS NOT NULL AND c.email_norm IS NOT NULL
  GROUP BY c.email_norm HAVING MIN(o.identity_uid) < MAX(o.identity_uid)
)
