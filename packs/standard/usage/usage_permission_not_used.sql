-- title: Permissions that nobody has used for long
-- subject: permission
-- risk: 0
-- tags: usage, least
-- why: What nobody uses can be taken away from everybody.
-- mitigation: Ask the owner of the application; take it out of the catalogue.
-- needs: usages.last_on
-- iso27001: 5.9
-- nist80053: PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- parameter days integer = 365
-- test: anybody's last use counts
-- with as_of = 2026-11-21
-- given permissions | uid
--                   | 5
--                   | 6
--                   | 7
-- given usages | account_uid | permission_uid | last_on
--              | 1           | 5              | 2025-01-01
--              | 1           | 6              | 2025-01-01
--              | 2           | 6              | 2026-11-01
-- expect | uid
--        | 5
SELECT u.permission_uid AS uid
FROM usages u
GROUP BY u.permission_uid HAVING MAX(u.last_on) < {as_of} - {days}
