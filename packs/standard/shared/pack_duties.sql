-- title: Duties that people have through all of their accounts
-- needs: permissions.duty
-- test: a duty counts once
-- given permissions | uid | duty
--                   | 1   | pay
--                   | 2   | pay
--                   | 3   |
-- given effective_rights | identity_uid | permission_uid
--                        | 7            | 1
--                        | 7            | 2
--                        | 7            | 3
-- expect | identity_uid | duty
--        | 7            | pay
SELECT DISTINCT r.identity_uid, p.duty
FROM effective_rights r JOIN permissions p ON p.uid = r.permission_uid
WHERE p.duty IS NOT NULL
