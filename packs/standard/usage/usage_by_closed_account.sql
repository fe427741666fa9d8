-- title: Disabled accounts with use in the last days
-- subject: account
-- risk: 3
-- tags: usage, monitoring
-- why: An account that cannot log on is being used: it was disabled just now, or disabling does not help there.
-- mitigation: Find out which; close the other way in.
-- needs: usages.last_on, accounts.is_enabled, rule_pack_accounts
-- iso27001: 8.16
-- nist80053: AC-2(12), AU-6
-- sox: monitoring of access
-- nis2: 21(2)(i)
-- dora: 10(1)
-- parameter days integer = 7
-- test: used within the days
-- with as_of = 2026-11-21
-- given rule_pack_accounts | account_uid | is_open
--                          | 1           | false
--                          | 2           | true
--                          | 3           | false
-- given usages | account_uid | permission_uid | last_on
--              | 1           | 5              | 2026-11-20
--              | 2           | 5              | 2026-11-20
--              | 3           | 5              | 2026-01-01
-- expect | uid
--        | 1
SELECT DISTINCT a.account_uid AS uid
FROM rule_pack_accounts a JOIN usages u ON u.account_uid = a.account_uid
WHERE NOT a.is_open AND u.last_on >= {as_of} - {days}
