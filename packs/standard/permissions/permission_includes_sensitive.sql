-- title: Permissions that include a more sensitive one
-- subject: permission
-- detail: the permission included
-- risk: 2
-- tags: permissions, sensitivity
-- why: Whoever approves the harmless name gives the harmful right.
-- mitigation: Raise the level of the role, or take the permission out of it.
-- needs: permissions.sensitivity, permission_links
-- iso27001: 5.12
-- nist80053: RA-2
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- parameter level integer = 3
-- test: at least at the level
-- given permissions | uid | application | code  | sensitivity
--                   | 5   | ERP         | STAFF | 1
--                   | 6   | ERP         | PAY   | 4
--                   | 7   | ERP         | BOSS  | 4
--                   | 8   | ERP         | SEE   | 2
-- given permission_closure | permission_uid | included_uid | depth
--                          | 5              | 5            | 0
--                          | 5              | 6            | 1
--                          | 7              | 6            | 1
--                          | 5              | 8            | 1
-- expect | uid | detail
--        | 5   | ERP/PAY
SELECT p.uid, s.application || '/' || s.code AS detail
FROM permission_closure c
JOIN permissions p ON p.uid = c.permission_uid
JOIN permissions s ON s.uid = c.included_uid
WHERE c.depth > 0 AND s.sensitivity >= {level} AND COALESCE(p.sensitivity, 0) < s.sensitivity
