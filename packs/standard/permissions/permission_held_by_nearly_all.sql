-- title: Permissions that nearly all active people have
-- subject: permission
-- risk: 1
-- tags: permissions, public
-- why: What all have is approved by nobody any more; new ones get it with the first account.
-- mitigation: Say that it is so on purpose, or take it away from those who do not need it.
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
-- given effective_rights | identity_uid | permission_uid | perimeter
--                        | 1            | 5              |
--                        | 2            | 5              | FR
--                        | 2            | 5              | DE
--                        | 3            | 5              |
--                        | 1            | 6              |
--                        | 4            | 6              |
-- given permissions | uid
--                   | 5
--                   | 6
-- expect | uid
--        | 5
WITH people AS (
  SELECT COUNT(*) AS active FROM identity_status s WHERE s.status = 'active'
),
held AS (
  SELECT r.permission_uid, COUNT(DISTINCT r.identity_uid) AS holders
  FROM effective_rights r JOIN identity_status s ON s.uid = r.identity_uid AND s.status = 'active'
  GROUP BY r.permission_uid
)
SELECT h.permission_uid AS uid
FROM held h CROSS JOIN people x
WHERE x.active >= {min_people} AND CAST(h.holders AS DOUBLE) >= {share} * CAST(x.active AS DOUBLE)
