,
-- Only what is held where all of the conflict is held takes part in it.
places AS (
  SELECT DISTINCT uid, detail_key, perimeter FROM causes WHERE perimeter IS NOT NULL
),
covered AS (
  SELECT p.uid, p.detail_key, p.perimeter
  FROM places p JOIN causes x ON x.uid = p.uid AND x.detail_key = p.detail_key
  WHERE x.perimeter IS NULL OR x.perimeter = p.perimeter
  GROUP BY p.uid, p.detail_key, p.perimeter
  HAVING COUNT(DISTINCT x.wanted_uid) = {wanted_count}
)
