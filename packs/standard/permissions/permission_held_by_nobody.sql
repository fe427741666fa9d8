-- title: Permissions that nobody holds
-- subject: permission
-- risk: 0
-- tags: permissions, usage
-- why: What nobody holds is maintained and approved for nothing.
-- mitigation: Take it out of the catalogue, or see why its rights are not collected.
-- needs: rights, rule_pack_granted
-- iso27001: 5.9
-- nist80053: PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- test: neither directly, nor by a group, nor through a role; only of applications of which rights are known
-- given permissions | uid | application
--                   | 5   | ERP
--                   | 6   | ERP
--                   | 7   | ERP
--                   | 8   | CRM
-- given rule_pack_granted | permission_uid
--                         | 6
-- given permission_closure | permission_uid | included_uid | depth
--                          | 5              | 5            | 0
--                          | 6              | 6            | 0
--                          | 6              | 7            | 1
--                          | 7              | 7            | 0
--                          | 8              | 8            | 0
-- expect | uid
--        | 5
WITH reached AS (
  SELECT g.permission_uid AS uid FROM rule_pack_granted g
  UNION
  SELECT c.included_uid AS uid FROM permission_closure c JOIN rule_pack_granted g ON g.permission_uid = c.permission_uid
),
known AS (
  SELECT DISTINCT p.application FROM rule_pack_granted g JOIN permissions p ON p.uid = g.permission_uid
)
SELECT p.uid
FROM permissions p JOIN known k ON k.application = p.application
WHERE NOT EXISTS (SELECT 1 FROM reached r WHERE r.uid = p.uid)
