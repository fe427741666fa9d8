-- title: Permissions of high sensitivity in applications without an owner
-- subject: permission
-- risk: 1
-- tags: permissions, ownership, sensitivity
-- why: Nobody decides who can do what does most harm.
-- mitigation: Name an owner of the application.
-- needs: permissions.sensitivity, applications.owner
-- iso27001: 5.9, 5.18
-- nist80053: AC-2, PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- parameter level integer = 3
-- parameter extreme integer = 4
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: of the application
-- given permissions | uid | application | sensitivity | category
--                   | 5   | ERP         | 3           | role
--                   | 6   | CRM         | 3           | role
--                   | 7   | ERP         | 4           | role
--                   | 8   | ERP         | 3           | folder
-- given applications | uid | code | owner_uid
--                    | 1   | ERP  |
--                    | 2   | CRM  | 9
-- expect | uid
--        | 5
SELECT p.uid
FROM permissions p LEFT JOIN applications a ON a.code = p.application
WHERE a.owner_uid IS NULL AND p.sensitivity >= {level} AND p.sensitivity < {extreme}
  AND (p.category IS NULL OR p.category NOT IN ({categories}))
