-- What active people hold without reason, and lack although they should hold it, wherever they hold it
WITH held AS (
  SELECT DISTINCT e.identity_uid, e.permission_uid
  FROM effective_rights e JOIN identity_status s ON s.uid = e.identity_uid WHERE s.status = 'active'
),
due AS (SELECT DISTINCT identity_uid, permission_uid FROM theoretical_rights),
named AS ({named}),
-- The rights model has nothing to say about other permissions.
judged AS (
  SELECT DISTINCT c.included_uid AS permission_uid FROM named n JOIN permission_closure c ON c.permission_uid = n.uid
  UNION
  SELECT uid AS permission_uid FROM permissions WHERE {except}
),
gaps AS (
  SELECT d.identity_uid, d.permission_uid, 'under' AS gap
  FROM due d
  WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.identity_uid = d.identity_uid AND h.permission_uid = d.permission_uid)
  UNION ALL
  SELECT h.identity_uid, h.permission_uid, 'over' AS gap
  FROM held h JOIN judged j ON j.permission_uid = h.permission_uid
  WHERE NOT EXISTS (SELECT 1 FROM due d WHERE d.identity_uid = h.identity_uid AND d.permission_uid = h.permission_uid)
),
excuses AS (
  SELECT identity_uid, permission_uid, MAX(COALESCE(until_on, DATE '9999-12-31')) AS until_on
  FROM derogations WHERE until_on IS NULL OR until_on >= {as_of}
  GROUP BY identity_uid, permission_uid
)
SELECT g.identity_uid, g.permission_uid, g.gap, CAST(NULL AS VARCHAR) AS perimeter, COALESCE(b.first_seen_on, {as_of}) AS first_seen_on, x.until_on AS excused_until_on
FROM gaps g
LEFT JOIN before_entitlement_gaps b ON b.identity_uid = g.identity_uid AND b.permission_uid = g.permission_uid AND b.gap = g.gap
  AND b.perimeter IS NULL
LEFT JOIN excuses x ON x.identity_uid = g.identity_uid AND x.permission_uid = g.permission_uid
