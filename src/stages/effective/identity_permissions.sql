-- What people can do now and could not, or could and can no longer: told of them, of the permission, and of the
-- application where it was their first permission there, or their last. Only of what was listed in both loads.
WITH former AS (
  SELECT identity_uid AS former_uid, permission_uid AS former_permission_uid, perimeter AS former_perimeter
  FROM before_effective_rights
),
moved AS (
  SELECT COALESCE(n.identity_uid, b.former_uid) AS identity_uid,
         CASE WHEN b.former_uid IS NULL THEN 'gained' ELSE 'lost' END AS change,
         COALESCE(n.permission_uid, b.former_permission_uid) AS permission_uid, COALESCE(n.perimeter, b.former_perimeter) AS perimeter
  FROM effective_rights n FULL JOIN former b
    ON b.former_uid = n.identity_uid AND b.former_permission_uid = n.permission_uid AND COALESCE(b.former_perimeter, '') = COALESCE(n.perimeter, '')
  WHERE n.identity_uid IS NULL OR b.former_uid IS NULL
),
concerned AS (SELECT DISTINCT identity_uid FROM moved),
in_application AS (
  SELECT DISTINCT e.identity_uid, a.uid AS application_uid
  FROM effective_rights e JOIN concerned c ON c.identity_uid = e.identity_uid
  JOIN permissions p ON p.uid = e.permission_uid JOIN applications a ON a.code = p.application
),
formerly_in_application AS (
  SELECT DISTINCT e.identity_uid AS former_uid, a.uid AS former_application_uid
  FROM before_effective_rights e JOIN concerned c ON c.identity_uid = e.identity_uid
  JOIN before_permissions p ON p.uid = e.permission_uid JOIN before_applications a ON a.code = p.application
),
moved_in_application AS (
  SELECT COALESCE(n.identity_uid, b.former_uid) AS identity_uid, COALESCE(n.application_uid, b.former_application_uid) AS application_uid,
         CASE WHEN b.former_uid IS NULL THEN 'gained' ELSE 'lost' END AS change
  FROM in_application n FULL JOIN formerly_in_application b
    ON b.former_uid = n.identity_uid AND b.former_application_uid = n.application_uid
  WHERE n.identity_uid IS NULL OR b.former_uid IS NULL
)
SELECT 'identity' AS kind, m.identity_uid AS uid, m.change, 'permission' AS related_kind, m.permission_uid AS related_uid,
       m.perimeter AS detail, 'effective_rights' AS table_name, {cause} AS cause
FROM moved m JOIN identities i ON i.uid = m.identity_uid JOIN before_identities p ON p.uid = m.identity_uid
UNION ALL
SELECT 'permission' AS kind, m.permission_uid AS uid, m.change, 'identity' AS related_kind, m.identity_uid AS related_uid,
       m.perimeter AS detail, 'effective_rights' AS table_name, {cause} AS cause
FROM moved m JOIN permissions i ON i.uid = m.permission_uid JOIN before_permissions p ON p.uid = m.permission_uid
UNION ALL
SELECT 'application' AS kind, m.application_uid AS uid, m.change, 'identity' AS related_kind, m.identity_uid AS related_uid,
       CAST(NULL AS VARCHAR) AS detail, 'effective_rights' AS table_name, {cause} AS cause
FROM moved_in_application m JOIN applications i ON i.uid = m.application_uid JOIN before_applications p ON p.uid = m.application_uid
