-- title: Permissions held by people who are gone and nobody else
-- subject: permission
-- risk: 1
-- tags: permissions, leavers
-- why: The permission is a leftover of somebody who left.
-- mitigation: Take the rights away, and see whether the permission is still needed.
-- iso27001: 5.18, 6.5
-- nist80053: AC-2(3), PS-4
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: one active person is enough
-- given identity_status | uid | status
--                       | 1   | active
--                       | 2   | inactive
-- given effective_rights | identity_uid | permission_uid
--                        | 2            | 5
--                        | 1            | 6
--                        | 2            | 6
-- given permissions | uid
--                   | 5
--                   | 6
-- expect | uid
--        | 5
SELECT r.permission_uid AS uid
FROM effective_rights r LEFT JOIN identity_status s ON s.uid = r.identity_uid
GROUP BY r.permission_uid
HAVING COUNT(*) FILTER (WHERE s.status = 'active') = 0
