-- What people who were listed before can do now and could not, or could and can no longer
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
)
SELECT 'identity' AS kind, m.identity_uid AS uid, m.change, 'permission' AS related_kind, m.permission_uid AS related_uid, m.perimeter AS detail
FROM moved m JOIN identities i ON i.uid = m.identity_uid JOIN before_identities p ON p.uid = m.identity_uid
