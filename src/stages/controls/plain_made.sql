{needs},
-- All of the permissions, at each place that a right concerned names and at the one that none does.
made AS (
  SELECT DISTINCT h.uid, h.detail, p.place, CAST(1 AS BIGINT) AS left_term, CAST(1 AS BIGINT) AS right_term, n.wanted_uid
  FROM control_hits h
  JOIN needs n ON COALESCE(n.detail, '') = COALESCE(h.detail, '')
  JOIN (
    SELECT w.uid, COALESCE('in ' || {place}, '') AS place FROM finding_ways w WHERE w.control = {control}
    UNION
    SELECT w.uid, '' AS place FROM finding_ways w WHERE w.control = {control}
  ) p ON p.uid = h.uid
  WHERE h.control = {control}
)
