-- title: Permissions that nobody holds
-- tags: permission

SELECT p.uid
FROM permissions p
LEFT JOIN (SELECT DISTINCT permission_uid FROM effective_rights) e ON e.permission_uid = p.uid
WHERE e.permission_uid IS NULL
