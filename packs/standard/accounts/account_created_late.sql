-- title: Accounts made long after their owner was hired
-- subject: account
-- risk: 1
-- tags: accounts, joiners
-- why: Until then the person worked without an account of their own, or with somebody else's.
-- mitigation: See how the person worked until then, and speed up what gives new people their accounts.
-- needs: accounts.created_on, identities.hired_on, rule_pack_accounts
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 7
-- test: only accounts made since the load before need looking at
-- given accounts | uid | repository | created_on
--                | 1   | AD         | 2026-11-20
--                | 2   | AD         | 2026-11-05
--                | 3   | AD         | 2026-11-20
-- given rule_pack_accounts | account_uid | is_open | identity_uid
--                          | 1           | true    | 7
--                          | 2           | true    | 7
--                          | 3           | true    | 8
-- given identities | uid | hired_on
--                  | 7   | 2026-11-01
--                  | 8   | 2026-11-15
-- given before_accounts | uid
--                       | 99
-- expect | uid
--        | 1
SELECT b.uid
FROM accounts b
JOIN rule_pack_accounts a ON a.account_uid = b.uid
JOIN identities i ON i.uid = a.identity_uid
CROSS JOIN (SELECT COUNT(*) AS accounts FROM before_accounts) before
WHERE a.is_open AND b.created_on - {days} > i.hired_on AND before.accounts > 0
  AND NOT EXISTS (SELECT 1 FROM before_accounts x WHERE x.uid = b.uid)
