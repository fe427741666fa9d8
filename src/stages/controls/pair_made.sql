{literals},
together AS (
  SELECT h.uid, h.detail, COALESCE('in ' || x.perimeter, '') AS place, x.duty AS left_duty, x.term AS left_term, o.duty AS right_duty, o.term AS right_term
  FROM control_hits h
  JOIN duty_pairs q ON q.control = h.control AND q.detail = h.detail
  JOIN exercised_duties x ON x.control = h.control AND x.uid = h.uid AND x.duty = q.left_duty
  JOIN exercised_duties o ON o.control = h.control AND o.uid = h.uid AND o.duty = q.right_duty
   AND COALESCE('in ' || o.perimeter, '') = COALESCE('in ' || x.perimeter, '')
  WHERE h.control = {control}
),
-- By which permissions both duties are exercised at a place: one set for each way to do the one, and the other.
made AS (
  SELECT t.uid, t.detail, t.place, t.left_term, t.right_term, l.uid AS wanted_uid
  FROM together t JOIN literals l ON l.duty = t.left_duty AND l.term = t.left_term
  WHERE l.is_held
  UNION
  SELECT t.uid, t.detail, t.place, t.left_term, t.right_term, l.uid AS wanted_uid
  FROM together t JOIN literals l ON l.duty = t.right_duty AND l.term = t.right_term
  WHERE l.is_held
)
