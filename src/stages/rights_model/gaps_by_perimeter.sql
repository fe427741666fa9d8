-- What active people hold without reason, and lack although they should hold it, in each perimeter apart. Held without a
-- perimeter is held everywhere; due without one is due no matter where
WITH held AS (
  SELECT DISTINCT e.identity_uid, e.permission_uid, e.perimeter
  FROM effective_rights e JOIN identity_status s ON s.uid = e.identity_uid WHERE s.status = 'active'
),
due AS (SELECT DISTINCT identity_uid, permission_uid, perimeter FROM theoretical_rights),
named AS ({named}),
-- The rights model has nothing to say about other permissions.
judged AS (
  SELECT DISTINCT c.included_uid AS permission_uid FROM named n JOIN permission_closure c ON c.permission_uid = n.uid
  UNION
  SELECT uid AS permission_uid FROM permissions WHERE {except}
),
gaps AS (
  SELECT d.identity_uid, d.permission_uid, d.perimeter, 'under' AS gap
  FROM due d
  WHERE NOT EXISTS (
    SELECT 1 FROM held h
    WHERE h.identity_uid = d.identity_uid AND h.permission_uid = d.permission_uid
      AND (d.perimeter IS NULL OR h.perimeter IS NULL OR h.perimeter = d.perimeter)
  )
  UNION ALL
  SELECT h.identity_uid, h.permission_uid, h.perimeter, 'over' AS gap
  FROM held h JOIN judged j ON j.permission_uid = h.permission_uid
  WHERE NOT EXISTS (
    SELECT 1 FROM due d
    WHERE d.identity_uid = h.identity_uid AND d.permission_uid = h.permission_uid
      AND (d.perimeter IS NULL OR d.perimeter = h.perimeter)
  )
),
derogated AS (
  SELECT identity_uid, permission_uid, perimeter, MAX(COALESCE(until_on, DATE '9999-12-31')) AS until_on
  FROM derogations WHERE until_on IS NULL OR until_on >= {as_of}
  GROUP BY identity_uid, permission_uid, perimeter
),
excused AS (
  SELECT g.identity_uid, g.permission_uid, COALESCE(g.perimeter, '') AS place, g.gap, MAX(x.until_on) AS until_on
  FROM gaps g JOIN derogated x ON x.identity_uid = g.identity_uid AND x.permission_uid = g.permission_uid
  WHERE x.perimeter IS NULL OR x.perimeter = g.perimeter
  GROUP BY g.identity_uid, g.permission_uid, COALESCE(g.perimeter, ''), g.gap
)
SELECT g.identity_uid, g.permission_uid, g.gap, g.perimeter, COALESCE(b.first_seen_on, {as_of}) AS first_seen_on, x.until_on AS excused_until_on
FROM gaps g
LEFT JOIN before_entitlement_gaps b ON b.identity_uid = g.identity_uid AND b.permission_uid = g.permission_uid AND b.gap = g.gap
  AND COALESCE(b.perimeter, '') = COALESCE(g.perimeter, '')
LEFT JOIN excused x ON x.identity_uid = g.identity_uid AND x.permission_uid = g.permission_uid AND x.gap = g.gap AND x.place = COALESCE(g.perimeter, '')
