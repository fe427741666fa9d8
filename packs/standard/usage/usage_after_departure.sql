-- title: Permissions used after the departure of the owner
-- subject: account
-- detail: the permission
-- risk: 5
-- tags: usage, monitoring, leavers
-- why: Somebody worked in the name of a person who no longer works here.
-- mitigation: Find out who it was and what was done; disable the account.
-- needs: usages.last_on, identities.departure_on, rule_pack_accounts
-- iso27001: 8.16
-- nist80053: AC-2(12), AU-6
-- sox: monitoring of access
-- nis2: 21(2)(i)
-- dora: 10(1)
-- test: the day of departure itself is no later day
-- given rule_pack_accounts | account_uid | is_open | identity_uid | owner_status
--                          | 1           | true    | 7            | inactive
--                          | 2           | true    | 7            | inactive
-- given identities | uid | departure_on
--                  | 7   | 2026-11-01
-- given usages | account_uid | permission_uid | last_on
--              | 1           | 5              | 2026-11-02
--              | 2           | 5              | 2026-11-01
-- given permissions | uid | application | code
--                   | 5   | ERP         | PAY
-- expect | uid | detail
--        | 1   | ERP/PAY
SELECT a.account_uid AS uid, p.application || '/' || p.code AS detail
FROM rule_pack_accounts a
JOIN identities i ON i.uid = a.identity_uid
JOIN usages u ON u.account_uid = a.account_uid
JOIN permissions p ON p.uid = u.permission_uid
WHERE a.owner_status = 'inactive' AND u.last_on > i.departure_on
