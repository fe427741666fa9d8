-- title: Permissions kept beyond the end of their derogation
-- subject: identity
-- detail: the permission
-- risk: 3
-- tags: identities, derogations
-- why: The exception was for a time, and the time is over.
-- mitigation: Take the permission away, or decide anew.
-- needs: derogations.until_on
-- iso27001: 5.18, 5.36
-- nist80053: AC-6, CA-7
-- sox: access review
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- test: still held behind the last day
-- with as_of = 2026-11-21
-- given derogations | identity_uid | permission_uid | until_on
--                   | 7            | 5              | 2026-11-20
--                   | 8            | 5              | 2026-11-21
--                   | 9            | 5              | 2026-11-20
-- given effective_rights | identity_uid | permission_uid
--                        | 7            | 5
--                        | 8            | 5
-- given permissions | uid | application | code
--                   | 5   | ERP         | PAY
-- expect | uid | detail
--        | 7   | ERP/PAY
SELECT DISTINCT d.identity_uid AS uid, p.application || '/' || p.code AS detail
FROM derogations d
JOIN permissions p ON p.uid = d.permission_uid
JOIN effective_rights r ON r.identity_uid = d.identity_uid AND r.permission_uid = d.permission_uid
WHERE d.until_on < {as_of}
