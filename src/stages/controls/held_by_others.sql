WITH meant AS (
  SELECT i.uid FROM identities i WHERE (
{population}
  )
)
SELECT DISTINCT e.identity_uid AS uid, p.application || '/' || p.code AS detail
FROM effective_rights e
JOIN permissions p ON p.uid = e.permission_uid
JOIN identities k ON k.uid = e.identity_uid
LEFT JOIN meant m ON m.uid = e.identity_uid
WHERE ({permissions}) AND m.uid IS NULL
