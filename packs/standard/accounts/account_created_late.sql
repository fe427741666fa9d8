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
-- given rule_pack_accounts | account_uid | is_open | created_on | hired_on
--                          | 1           | true    | 2026-11-20 | 2026-11-01
--                          | 2           | true    | 2026-11-05 | 2026-11-01
--                          | 3           | true    | 2026-11-20 | 2026-11-15
--                          | 4           | false   | 2026-11-20 | 2026-11-01
-- given before_accounts | uid
--                       | 99
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
CROSS JOIN (SELECT COUNT(*) AS accounts FROM before_accounts) before
WHERE a.is_open AND a.created_on - {days} > a.hired_on AND before.accounts > 0
  AND NOT EXISTS (SELECT 1 FROM before_accounts x WHERE x.uid = a.account_uid)
