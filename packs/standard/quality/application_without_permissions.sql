-- title: Applications of which no permission is known
-- subject: application
-- risk: 1
-- tags: quality
-- why: Who can do what in it is seen by nobody.
-- mitigation: Collect its permissions.
-- needs: permissions
-- iso27001: 5.9
-- nist80053: PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- test: one permission is enough
-- given applications | uid | code
--                    | 1   | ERP
--                    | 2   | CRM
-- given permissions | uid | application
--                   | 5   | ERP
-- expect | uid
--        | 2
SELECT a.uid
FROM applications a
WHERE NOT EXISTS (SELECT 1 FROM permissions p WHERE p.application = a.code)
