-- title: Permissions held by people who are gone and nobody else
-- subject: permission
-- risk: 1
-- tags: permissions, leavers
-- why: The permission is a leftover of somebody who left.
-- mitigation: Take the rights away, and see whether the permission is still needed.
-- needs: rule_pack_holders
-- iso27001: 5.18, 6.5
-- nist80053: AC-2(3), PS-4
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: one active person is enough
-- given rule_pack_holders | permission_uid | holders | active_holders
--                         | 5              | 1       | 0
--                         | 6              | 2       | 1
-- given permissions | uid
--                   | 5
--                   | 6
-- expect | uid
--        | 5
SELECT h.permission_uid AS uid
FROM rule_pack_holders h
WHERE h.active_holders = 0
