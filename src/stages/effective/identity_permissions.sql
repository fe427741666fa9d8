-- What people who were listed before can do now and could not, or could and can no longer
WITH moved AS (
  SELECT COALESCE(n.identity_uid, b.identity_uid) AS identity_uid,
         CASE WHEN b.identity_uid IS NULL THEN 'gained' ELSE 'lost' END AS change,
         COALESCE(n.permission_uid, b.permission_uid) AS permission_uid, COALESCE(n.perimeter, b.perimeter) AS perimeter
  FROM effective_rights n FULL JOIN before_effective_rights b
    ON b.identity_uid = n.identity_uid AND b.permission_uid = n.permission_uid AND COALESCE(b.perimeter, '') = COALESCE(n.perimeter, '')
  WHERE n.identity_uid IS NULL OR b.identity_uid IS NULL
)
SELECT 'identity' AS kind, m.identity_uid AS uid, m.change, 'permission' AS related_kind, m.permission_uid AS related_uid, m.perimeter AS detail
FROM moved m JOIN identities i ON i.uid = m.identity_uid JOIN before_identities p ON p.uid = m.identity_uid
