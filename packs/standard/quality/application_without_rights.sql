-- title: Applications of which permissions are known, and no right
-- subject: application
-- risk: 1
-- tags: quality
-- why: Either nobody uses it, or its rights are not collected.
-- mitigation: Collect its rights, or retire it.
-- needs: permissions, rights, rule_pack_granted
-- iso27001: 5.9
-- nist80053: PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- test: one right is enough
-- given applications | uid | code
--                    | 1   | ERP
--                    | 2   | CRM
--                    | 3   | HR
-- given permissions | uid | application
--                   | 5   | ERP
--                   | 6   | CRM
-- given rule_pack_granted | permission_uid
--                         | 5
-- expect | uid
--        | 2
WITH known AS (
  SELECT p.application, COUNT(r.permission_uid) AS rights
  FROM permissions p LEFT JOIN rule_pack_granted r ON r.permission_uid = p.uid
  GROUP BY p.application
)
SELECT a.uid
FROM applications a JOIN known k ON k.application = a.code
WHERE k.rights = 0
