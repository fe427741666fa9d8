-- Links that sources state; one for this very matter goes before one for all
links AS (
  SELECT o.uid, l.identity_uid, CASE WHEN l.domain IS NULL THEN 1 ELSE 0 END AS generality
  FROM manager_links l JOIN objects o ON o.uid = l.{managed} JOIN eligible e ON e.uid = l.identity_uid
  WHERE {domain}{valid} AND (o.self_uid IS NULL OR o.self_uid <> l.identity_uid)
),
placed_links AS (
  SELECT uid, identity_uid, generality, ROW_NUMBER() OVER (PARTITION BY uid ORDER BY generality NULLS FIRST, identity_uid NULLS FIRST) AS place
  FROM links
),
link AS (
  SELECT DISTINCT p.uid, p.identity_uid AS manager_uid, CAST(NULL AS BIGINT) AS distance
  FROM placed_links p JOIN placed_links first_link ON first_link.uid = p.uid AND first_link.place = 1
  WHERE {which}
)
