-- title: Privileged permissions with many holders
-- subject: permission
-- risk: 2
-- tags: permissions, privileged
-- why: The more have it, the less it is known who uses it.
-- mitigation: Go through the holders with the owner of the application.
-- needs: permissions.is_privileged, rule_pack_holders
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
-- given rule_pack_holders | permission_uid | holders | active_holders
--                         | 5              | 3       | 3
--                         | 6              | 2       | 2
--                         | 7              | 3       | 3
-- expect | uid
--        | 5
SELECT p.uid
FROM permissions p JOIN rule_pack_holders h ON h.permission_uid = p.uid
WHERE p.is_privileged AND h.holders > {limit}
