-- title: Privileged permissions that nobody has called sensitive
-- subject: permission
-- risk: 2
-- tags: permissions, quality, privileged
-- why: Controls that look at sensitivity pass them by.
-- mitigation: State how sensitive they are.
-- needs: permissions.is_privileged, permissions.sensitivity
-- iso27001: 5.12
-- nist80053: RA-2
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- parameter level integer = 3
-- test: no level, or one below the limit
-- given permissions | uid | is_privileged | sensitivity
--                   | 5   | true          |
--                   | 6   | true          | 1
--                   | 7   | true          | 3
--                   | 8   | false         |
-- expect | uid
--        | 5
--        | 6
SELECT p.uid
FROM permissions p
WHERE p.is_privileged AND COALESCE(p.sensitivity, 0) < {level}
