-- title: How many people hold each permission, and how many of them are active
-- test: a person counts once, whatever the perimeters
-- given identity_status | uid | status
--                       | 1   | active
--                       | 2   | inactive
-- given effective_rights | identity_uid | permission_uid | perimeter
--                        | 1            | 5              | FR
--                        | 1            | 5              | DE
--                        | 2            | 5              |
--                        | 2            | 6              |
-- expect | permission_uid | holders | active_holders
--        | 5              | 2       | 1
--        | 6              | 1       | 0
SELECT h.permission_uid, COUNT(*) AS holders,
       CAST(COUNT(*) FILTER (WHERE s.status = 'active') AS BIGINT) AS active_holders
FROM (SELECT DISTINCT r.identity_uid, r.permission_uid FROM effective_rights r) h
LEFT JOIN identity_status s ON s.uid = h.identity_uid
GROUP BY h.permission_uid
