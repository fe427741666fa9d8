-- title: Derogations without a reason
-- subject: identity
-- detail: the permission
-- risk: 1
-- tags: identities, derogations
-- why: Nobody can tell later whether the exception still holds.
-- mitigation: Have whoever allowed it say why.
-- needs: derogations.reason
-- iso27001: 5.18, 5.36
-- nist80053: AC-6, CA-7
-- sox: access review
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- test: no reason
-- given derogations | identity_uid | permission_uid | reason
--                   | 7            | 5              |
--                   | 8            | 5              | project
-- given permissions | uid | application | code
--                   | 5   | ERP         | PAY
-- expect | uid | detail
--        | 7   | ERP/PAY
SELECT d.identity_uid AS uid, p.application || '/' || p.code AS detail
FROM derogations d JOIN permissions p ON p.uid = d.permission_uid
WHERE d.reason IS NULL
