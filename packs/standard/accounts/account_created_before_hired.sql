-- title: Accounts that could log on long before their owner was hired
-- subject: account
-- risk: 2
-- tags: accounts, joiners
-- why: Somebody had access without a contract, or the account was somebody else's before.
-- mitigation: See whose account it was; make accounts no earlier than the contract.
-- needs: accounts.created_on, identities.hired_on, rule_pack_accounts
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 14
-- test: more than the days before
-- given accounts | uid | created_on
--                | 1   | 2026-09-30
--                | 2   | 2026-10-31
--                | 3   | 2026-09-30
-- given rule_pack_accounts | account_uid | is_open | identity_uid
--                          | 1           | true    | 7
--                          | 2           | true    | 7
--                          | 3           | true    |
-- given identities | uid | hired_on
--                  | 7   | 2026-11-01
-- expect | uid
--        | 1
SELECT b.uid
FROM accounts b
JOIN rule_pack_accounts a ON a.account_uid = b.uid
JOIN identities i ON i.uid = a.identity_uid
WHERE a.is_open AND b.created_on < i.hired_on - {days}
