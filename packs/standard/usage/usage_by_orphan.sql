-- title: Accounts without an owner that are being used
-- subject: account
-- risk: 4
-- tags: usage, monitoring, ownership
-- why: Somebody works with an account that nobody answers for.
-- mitigation: Find out who it is; disable the account until then.
-- needs: usages.last_on, rule_pack_accounts
-- iso27001: 8.16
-- nist80053: AC-2(12), AU-6
-- sox: monitoring of access
-- nis2: 21(2)(i)
-- dora: 10(1)
-- parameter days integer = 30
-- test: used within the days
-- with as_of = 2026-11-21
-- given rule_pack_accounts | account_uid | is_open | identity_uid | ownerless
--                          | 1           | true    |              |
--                          | 2           | true    | 7            |
--                          | 3           | true    |              | service
--                          | 4           | true    |              |
-- given usages | account_uid | permission_uid | last_on
--              | 1           | 5              | 2026-11-20
--              | 2           | 5              | 2026-11-20
--              | 3           | 5              | 2026-11-20
--              | 4           | 5              | 2026-01-01
-- expect | uid
--        | 1
SELECT DISTINCT a.account_uid AS uid
FROM rule_pack_accounts a JOIN usages u ON u.account_uid = a.account_uid
WHERE a.identity_uid IS NULL AND a.ownerless IS NULL AND u.last_on >= {as_of} - {days}
