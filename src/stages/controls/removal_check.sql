-- every set of what could be taken away is tried: DuckDB alone, and for at most 20 removable things a finding
WITH given AS (
{input}
),
needs AS (
  SELECT DISTINCT g.control, g.kind, g.uid, COALESCE(g.detail, '') AS detail_key, g.wanted_uid, g.side, g.term, g.is_held, g.held_count
  FROM given g WHERE g.side IS NOT NULL
),
ways AS (
  SELECT DISTINCT g.control, g.kind, g.uid, g.detail, COALESCE(g.detail, '') AS detail_key, g.account_uid, g.group_uid, g.permission_uid, g.perimeter, g.place, g.wanted_uid
  FROM given g WHERE g.side IS NULL
    AND EXISTS (SELECT 1 FROM needs n WHERE n.control = g.control AND n.uid = g.uid AND n.detail_key = COALESCE(g.detail, '') AND n.wanted_uid = g.wanted_uid)
),
removable AS (
  SELECT d.*, ROW_NUMBER() OVER (PARTITION BY d.control, d.uid, d.detail_key
                                 ORDER BY d.account_uid NULLS FIRST, d.group_uid NULLS FIRST, d.permission_uid NULLS FIRST, d.perimeter NULLS FIRST) - 1 AS bit
  FROM (SELECT DISTINCT w.control, w.kind, w.uid, w.detail, w.detail_key, w.account_uid, w.group_uid, w.permission_uid, w.perimeter FROM ways w) d
),
places AS (
  SELECT DISTINCT w.control, w.uid, w.detail_key, w.place FROM ways w
  UNION
  SELECT DISTINCT w.control, w.uid, w.detail_key, NULL AS place FROM ways w
),
bringing AS (
  SELECT p.control, p.uid, p.detail_key, p.place, w.wanted_uid, BIT_OR(CAST(1 AS BIGINT) << CAST(r.bit AS INTEGER)) AS mask
  FROM places p
  JOIN ways w ON w.control = p.control AND w.uid = p.uid AND w.detail_key = p.detail_key AND (w.place IS NULL OR w.place = p.place)
  JOIN removable r ON r.control = w.control AND r.uid = w.uid AND r.detail_key = w.detail_key
   AND r.account_uid IS NOT DISTINCT FROM w.account_uid AND r.group_uid IS NOT DISTINCT FROM w.group_uid
   AND r.permission_uid IS NOT DISTINCT FROM w.permission_uid AND r.perimeter IS NOT DISTINCT FROM w.perimeter
  GROUP BY p.control, p.uid, p.detail_key, p.place, w.wanted_uid
),
sets AS (
  SELECT f.control, f.uid, f.detail_key, UNNEST(RANGE(0, CAST(1 AS BIGINT) << CAST(f.n AS INTEGER))) AS taken
  FROM (SELECT control, uid, detail_key, COUNT(*) AS n FROM removable GROUP BY control, uid, detail_key) f
  WHERE f.n <= 20
),
fulfilled AS (
  SELECT s.control, s.uid, s.detail_key, s.taken, p.place, n.side, n.term
  FROM sets s
  JOIN places p ON p.control = s.control AND p.uid = s.uid AND p.detail_key = s.detail_key
  JOIN needs n ON n.control = s.control AND n.uid = s.uid AND n.detail_key = s.detail_key
  LEFT JOIN bringing b ON b.control = s.control AND b.uid = s.uid AND b.detail_key = s.detail_key AND b.wanted_uid = n.wanted_uid
   AND b.place IS NOT DISTINCT FROM p.place
  GROUP BY s.control, s.uid, s.detail_key, s.taken, p.place, n.side, n.term, n.held_count
  HAVING COUNT(*) FILTER (WHERE n.is_held AND (COALESCE(b.mask, 0) & ~s.taken) <> 0) = n.held_count
     AND COUNT(*) FILTER (WHERE NOT n.is_held AND (COALESCE(b.mask, 0) & ~s.taken) <> 0) = 0
),
standing AS (
  SELECT f.control, f.uid, f.detail_key, f.taken
  FROM fulfilled f
  JOIN (SELECT control, uid, detail_key, COUNT(DISTINCT side) AS sides FROM needs GROUP BY control, uid, detail_key) k
    ON k.control = f.control AND k.uid = f.uid AND k.detail_key = f.detail_key
  GROUP BY f.control, f.uid, f.detail_key, f.taken, f.place, k.sides
  HAVING COUNT(DISTINCT f.side) = k.sides
),
best AS (
  SELECT c.control, c.uid, c.detail_key, ARG_MIN(c.taken, (BIT_COUNT(c.taken), c.taken)) AS taken
  FROM sets c
  WHERE NOT EXISTS (SELECT 1 FROM standing t WHERE t.control = c.control AND t.uid = c.uid AND t.detail_key = c.detail_key AND t.taken = c.taken)
  GROUP BY c.control, c.uid, c.detail_key
)
SELECT r.control, r.kind, r.uid, r.detail, r.account_uid, r.group_uid, r.permission_uid, r.perimeter, TRUE AS is_minimal
FROM best b
JOIN removable r ON r.control = b.control AND r.uid = b.uid AND r.detail_key = b.detail_key
WHERE (b.taken >> CAST(r.bit AS INTEGER)) & 1 = 1
