-- The nearest head above. At most one head is the managed person, so the two nearest of each unit are enough
heads AS (
  SELECT c.organisation_uid, u.head_uid, MIN(c.depth) AS distance
  FROM organisation_closure c JOIN {units} u ON u.uid = c.ancestor_uid JOIN eligible e ON e.uid = u.head_uid{near}
  GROUP BY c.organisation_uid, u.head_uid
),
placed_heads AS (
  SELECT organisation_uid, head_uid, distance,
         ROW_NUMBER() OVER (PARTITION BY organisation_uid ORDER BY distance NULLS FIRST, head_uid NULLS FIRST) AS place
  FROM heads
),
nearest_heads AS (SELECT organisation_uid, head_uid, distance FROM placed_heads WHERE place = 1),
next_heads AS (SELECT organisation_uid, head_uid, distance FROM placed_heads WHERE place = 2),
organisation_head AS (
  SELECT o.uid,
         CASE WHEN o.self_uid = n.head_uid THEN x.head_uid ELSE n.head_uid END AS manager_uid,
         CASE WHEN o.self_uid = n.head_uid THEN x.distance ELSE n.distance END AS distance
  FROM objects o JOIN nearest_heads n ON n.organisation_uid = o.organisation_uid
  LEFT JOIN next_heads x ON x.organisation_uid = o.organisation_uid
)
