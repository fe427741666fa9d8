WITH meant AS (
  SELECT i.uid FROM identities i WHERE (
{population}
  )
),
wanted AS (SELECT p.uid, p.application || '/' || p.code AS name FROM permissions p WHERE {permissions}),
held AS (
  SELECT DISTINCT e.identity_uid, e.permission_uid FROM effective_rights e JOIN wanted w ON w.uid = e.permission_uid
),
due AS (
  SELECT m.uid, w.uid AS permission_uid, w.name
  FROM meant m JOIN identity_status s ON s.uid = m.uid CROSS JOIN wanted w WHERE s.status = 'active'
)
SELECT d.uid AS uid, d.name AS detail
FROM due d LEFT JOIN held h ON h.identity_uid = d.uid AND h.permission_uid = d.permission_uid
WHERE h.identity_uid IS NULL
