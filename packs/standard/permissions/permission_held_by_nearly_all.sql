-- title: Permissions that nearly all active people have
-- subject: permission
-- risk: 1
-- tags: permissions, public
-- why: What all have is approved by nobody any more; new ones get it with the first account.
-- mitigation: Say that it is so on purpose, or take it away from those who do not need it.
-- needs: rule_pack_holders
-- iso27001: 5.15, 8.3
-- nist80053: AC-3, AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter share double = 0.95
-- parameter min_people integer = 50
-- test: by share, and only where there are many people
-- with min_people = 3
-- given identity_status | uid | status
--                       | 1   | active
--                       | 2   | active
--                       | 3   | active
--                       | 4   | inactive
-- given rule_pack_holders | permission_uid | holders | active_holders
--                         | 5              | 4       | 3
--                         | 6              | 2       | 1
-- given permissions | uid
--                   | 5
--                   | 6
-- expect | uid
--        | 5
SELECT h.permission_uid AS uid
FROM rule_pack_holders h
CROSS JOIN (SELECT COUNT(*) AS active FROM identity_status s WHERE s.status = 'active') people
WHERE people.active >= {min_people} AND CAST(h.active_holders AS DOUBLE) >= {share} * CAST(people.active AS DOUBLE)
