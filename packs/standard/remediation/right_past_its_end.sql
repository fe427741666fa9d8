-- title: Rights past their last day
-- subject: account
-- detail: the permission
-- risk: 2
-- tags: remediation, external
-- why: Somebody decided that access ends, and it did not.
-- mitigation: Take the right away, or decide a new last day.
-- needs: rights.expires_on
-- iso27001: 5.18, 5.36
-- nist80053: AC-2, CA-7
-- sox: access removal
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- test: the last day itself is a day of use
-- with as_of = 2026-11-21
-- given accounts | uid
--                | 1
--                | 2
-- given permissions | uid | application | code
--                   | 5   | ERP         | PAY
-- given rights | account_uid | group_uid | permission_uid | expires_on
--              | 1           |           | 5              | 2026-11-20
--              | 2           |           | 5              | 2026-11-21
-- expect | uid | detail
--        | 1   | ERP/PAY
SELECT r.account_uid AS uid, p.application || '/' || p.code AS detail
FROM rights r JOIN permissions p ON p.uid = r.permission_uid
WHERE r.account_uid IS NOT NULL AND r.expires_on < {as_of}
