-- One way in which each finding of control {control} stands: the fewest permissions, then the fewest steps, and the shortest way to each
WITH {made},
-- The shortest way to each permission at a place.
shortest AS (
  SELECT q.kind, q.uid, q.place, q.wanted_uid, q.account_uid, q.member_of_uid, q.group_uid, q.permission_uid, q.perimeter, q.steps
  FROM (
    SELECT w.kind, w.uid, m.place, w.wanted_uid, w.account_uid, w.member_of_uid, w.group_uid, w.permission_uid, w.perimeter, w.steps,
           ROW_NUMBER() OVER (PARTITION BY w.uid, m.place, w.wanted_uid
                              ORDER BY w.steps NULLS LAST, w.account_uid NULLS LAST, w.member_of_uid NULLS FIRST, w.group_uid NULLS FIRST,
                                       w.permission_uid NULLS LAST, w.perimeter NULLS FIRST) AS turn
    FROM (SELECT DISTINCT uid, place, wanted_uid FROM made) m
    JOIN finding_ways w ON w.control = {control} AND w.uid = m.uid AND w.wanted_uid = m.wanted_uid
    WHERE {is_there}
  ) q
  WHERE q.turn = 1
),
whole AS (
  SELECT m.uid, m.detail, m.place, m.left_term, m.right_term,
         ROW_NUMBER() OVER (PARTITION BY m.uid, COALESCE(m.detail, '')
                            ORDER BY COUNT(*) NULLS LAST, SUM(s.steps) NULLS LAST, m.place NULLS LAST, m.left_term NULLS LAST, m.right_term NULLS LAST) AS turn
  FROM made m
  LEFT JOIN shortest s ON s.uid = m.uid AND s.place = m.place AND s.wanted_uid = m.wanted_uid
  GROUP BY m.uid, m.detail, m.place, m.left_term, m.right_term
  HAVING COUNT(s.steps) = COUNT(*)
)
SELECT {control} AS control, s.kind, s.uid, w.detail, s.wanted_uid, s.account_uid, s.member_of_uid, s.group_uid, s.permission_uid, s.perimeter, s.steps
FROM whole w
JOIN made m ON m.uid = w.uid AND COALESCE(m.detail, '') = COALESCE(w.detail, '') AND m.place = w.place
 AND m.left_term = w.left_term AND m.right_term = w.right_term
JOIN shortest s ON s.uid = m.uid AND s.place = m.place AND s.wanted_uid = m.wanted_uid
WHERE w.turn = 1
