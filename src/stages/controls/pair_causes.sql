-- The rights behind each finding of control {control}: those of the permissions by which both duties are exercised
WITH {literals},
together AS (
  SELECT h.uid, h.detail, COALESCE('in ' || x.perimeter, '') AS place, x.duty, x.term
  FROM control_hits h
  JOIN duty_pairs q ON q.control = h.control AND q.detail = h.detail
  JOIN exercised_duties x ON x.control = h.control AND x.uid = h.uid AND x.duty = q.left_duty
  JOIN exercised_duties o ON o.control = h.control AND o.uid = h.uid AND o.duty = q.right_duty
   AND COALESCE('in ' || o.perimeter, '') = COALESCE('in ' || x.perimeter, '')
  WHERE h.control = {control}
  UNION
  SELECT h.uid, h.detail, COALESCE('in ' || x.perimeter, '') AS place, x.duty, x.term
  FROM control_hits h
  JOIN duty_pairs q ON q.control = h.control AND q.detail = h.detail
  JOIN exercised_duties x ON x.control = h.control AND x.uid = h.uid AND x.duty = q.right_duty
  JOIN exercised_duties o ON o.control = h.control AND o.uid = h.uid AND o.duty = q.left_duty
   AND COALESCE('in ' || o.perimeter, '') = COALESCE('in ' || x.perimeter, '')
  WHERE h.control = {control}
)
SELECT DISTINCT {control} AS control, {kind} AS kind, w.uid, t.detail, w.account_uid, w.group_uid, w.permission_uid, w.wanted_uid, w.perimeter
FROM together t
JOIN literals l ON l.duty = t.duty AND l.term = t.term AND l.is_held
JOIN finding_ways w ON w.control = {control} AND w.uid = t.uid AND w.wanted_uid = l.uid
WHERE {is_there}
