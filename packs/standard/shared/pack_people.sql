-- title: How many effective rights each person has
-- test: a right counts once in each perimeter
-- given effective_rights | identity_uid | permission_uid | perimeter
--                        | 1            | 5              | FR
--                        | 1            | 5              | DE
--                        | 2            | 6              |
-- expect | identity_uid | rights
--        | 1            | 2
--        | 2            | 1
SELECT r.identity_uid, COUNT(*) AS rights FROM effective_rights r GROUP BY r.identity_uid
