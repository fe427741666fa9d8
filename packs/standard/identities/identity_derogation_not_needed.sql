-- title: Derogations for permissions that the person does not hold
-- subject: identity
-- detail: the permission
-- risk: 0
-- tags: identities, derogations
-- why: What is allowed and not had can be had tomorrow without anybody being asked.
-- mitigation: Delete the derogation.
-- needs: derogations
-- iso27001: 5.18, 5.36
-- nist80053: AC-6, CA-7
-- sox: access review
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- test: the permission is not held
-- with as_of = 2026-11-21
-- given derogations | identity_uid | permission_uid | until_on
--                   | 7            | 5              |
--                   | 8            | 5              | 2026-12-31
--                   | 9            | 5              | 2026-01-01
-- given effective_rights | identity_uid | permission_uid
--                        | 8            | 5
-- given permissions | uid | application | code
--                   | 5   | ERP         | PAY
-- expect | uid | detail
--        | 7   | ERP/PAY
SELECT d.identity_uid AS uid, p.application || '/' || p.code AS detail
FROM derogations d JOIN permissions p ON p.uid = d.permission_uid
WHERE COALESCE(d.until_on, {as_of}) >= {as_of}
  AND NOT EXISTS (SELECT 1 FROM effective_rights r WHERE r.identity_uid = d.identity_uid AND r.permission_uid = d.permission_uid)
