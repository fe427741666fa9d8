-- title: Derogations without an end
-- subject: identity
-- detail: the permission
-- risk: 2
-- tags: identities, derogations
-- why: An exception without an end is a rule that nobody agreed to.
-- mitigation: Give the derogation a last day.
-- needs: derogations.until_on
-- iso27001: 5.18, 5.36
-- nist80053: AC-6, CA-7
-- sox: access review
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- test: no last day
-- given derogations | identity_uid | permission_uid | until_on
--                   | 7            | 5              |
--                   | 8            | 5              | 2026-12-31
-- given permissions | uid | application | code
--                   | 5   | ERP         | PAY
-- expect | uid | detail
--        | 7   | ERP/PAY
SELECT d.identity_uid AS uid, p.application || '/' || p.code AS detail
FROM derogations d JOIN permissions p ON p.uid = d.permission_uid
WHERE d.until_on IS NULL
