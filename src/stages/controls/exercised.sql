,
-- The place without a name is every one that nothing here names.
places AS (
  SELECT DISTINCT h.uid, h.perimeter, COALESCE('in ' || h.perimeter, '') AS place FROM held h
  UNION
  SELECT DISTINCT h.uid, CAST(NULL AS VARCHAR) AS perimeter, '' AS place FROM held h
),
there AS (
  SELECT DISTINCT p.uid, p.place, h.name
  FROM places p JOIN held h ON h.uid = p.uid
  WHERE h.perimeter IS NULL OR h.perimeter = p.perimeter
),
exercised AS (
  SELECT t.uid, t.place, l.duty, l.term
  FROM there t JOIN literals l ON l.name = t.name
  GROUP BY t.uid, t.place, l.duty, l.term, l.held_count
  HAVING SUM(CASE WHEN l.is_held THEN 1 ELSE 0 END) = l.held_count AND SUM(CASE WHEN l.is_held THEN 0 ELSE 1 END) = 0
)
