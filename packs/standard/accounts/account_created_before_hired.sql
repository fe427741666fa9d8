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
-- given rule_pack_accounts | account_uid | is_open | created_on | hired_on
--                          | 1           | true    | 2026-09-30 | 2026-11-01
--                          | 2           | true    | 2026-10-31 | 2026-11-01
--                          | 3           | true    | 2026-09-30 |
--                          | 4           | false   | 2026-09-30 | 2026-11-01
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE a.is_open AND a.created_on < a.hired_on - {days}
