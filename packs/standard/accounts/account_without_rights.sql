-- title: Accounts that can log on, hold no right and are in no group
-- subject: account
-- risk: 1
-- tags: accounts, usage
-- why: An account that can do nothing is left over from a time when it could, or waits to be filled.
-- mitigation: Delete the account.
-- needs: rights, rule_pack_accounts
-- iso27001: 5.16, 5.18
-- nist80053: AC-2(3)
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: only repositories of which rights or groups are known
-- given rule_pack_accounts | account_uid | repository | is_open
--                          | 1           | AD         | true
--                          | 2           | AD         | true
--                          | 3           | AD         | true
--                          | 4           | CRM        | true
-- given rights | account_uid | group_uid | permission_uid
--              | 2           |           | 8
-- given memberships | account_uid | group_uid
--                   | 3           | 10
-- expect | uid
--        | 1
WITH holders AS (
  SELECT r.account_uid FROM rights r WHERE r.account_uid IS NOT NULL
  UNION
  SELECT m.account_uid FROM memberships m WHERE m.account_uid IS NOT NULL
),
known AS (
  SELECT DISTINCT a.repository FROM holders h JOIN rule_pack_accounts a ON a.account_uid = h.account_uid
)
SELECT a.account_uid AS uid
FROM rule_pack_accounts a JOIN known k ON k.repository = a.repository
WHERE a.is_open AND NOT EXISTS (SELECT 1 FROM holders h WHERE h.account_uid = a.account_uid)
