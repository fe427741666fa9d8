-- title: Privileged permissions with many holders
-- subject: permission
-- risk: 2
-- tags: permissions, privileged
-- why: The more have it, the less it is known who uses it.
-- mitigation: Go through the holders with the owner of the application.
-- needs: permissions.is_privileged
-- iso27001: 8.2
-- nist80053: AC-2(7), AC-6(5)
-- sox: privileged access
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter limit integer = 10
-- test: more people than the limit
-- with limit = 2
-- given permissions | uid | is_privileged
--                   | 5   | true
--                   | 6   | true
--                   | 7   | false
-- given effective_rights | identity_uid | permission_uid | perimeter
--                        | 1            | 5              |
--                        | 2            | 5              |
--                        | 3            | 5              |
--                        | 1            | 6              | FR
--                        | 1            | 6              | DE
--                        | 2            | 6              |
--                        | 1            | 7              |
--                        | 2            | 7              |
--                        | 3            | 7              |
-- expect | uid
--        | 5
SELECT p.uid
FROM permissions p JOIN effective_rights r ON r.permission_uid = p.uid
WHERE p.is_privileged
GROUP BY p.uid HAVING COUNT(DISTINCT r.identity_uid) > {limit}
