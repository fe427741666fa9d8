-- title: Sensitive rights that the account has not used for long
-- subject: account
-- detail: the permission
-- risk: 3
-- tags: usage, least, sensitivity
-- why: What does most harm and is not used is only good for an attacker.
-- mitigation: Take the right away.
-- needs: usages.last_on, rule_pack_sensitive_rights
-- iso27001: 5.15, 5.18
-- nist80053: AC-6, AC-6(7)
-- sox: access review
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 90
-- test: sensitive ones, through groups too
-- with as_of = 2026-11-21
-- given rule_pack_sensitive_rights | account_uid | permission_uid
--                                  | 1           | 5
--                                  | 2           | 5
--                                  | 3           | 6
-- given usages | account_uid | permission_uid | last_on
--              | 1           | 5              | 2026-08-01
--              | 2           | 5              | 2026-11-01
-- given permissions | uid | application | code
--                   | 5   | ERP         | PAY
--                   | 6   | ERP         | BUY
-- expect | uid | detail
--        | 1   | ERP/PAY
WITH told AS (
  SELECT DISTINCT u.permission_uid AS uid FROM usages u
)
SELECT s.account_uid AS uid, p.application || '/' || p.code AS detail
FROM rule_pack_sensitive_rights s
JOIN told t ON t.uid = s.permission_uid
JOIN permissions p ON p.uid = s.permission_uid
LEFT JOIN usages u ON u.account_uid = s.account_uid AND u.permission_uid = s.permission_uid
WHERE COALESCE(u.last_on, DATE '1970-01-01') < {as_of} - {days}
