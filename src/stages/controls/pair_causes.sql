-- The rights behind each finding of control {control}: those of the permissions by which both duties are exercised
WITH {literals},
bringing AS (
  SELECT DISTINCT l.uid AS permission_uid, l.uid AS wanted_uid, l.name FROM literals l
  UNION
  SELECT c.permission_uid, l.uid AS wanted_uid, l.name FROM permission_closure c JOIN literals l ON l.uid = c.included_uid
),
concerned AS (
  SELECT DISTINCT h.uid FROM control_hits h WHERE h.control = {control}
),
holders AS (
{holders}
),
brought AS (
  SELECT h.uid, h.account_uid, CAST(NULL AS BIGINT) AS group_uid, r.permission_uid, r.perimeter
  FROM holders h JOIN rights r ON r.account_uid = h.account_uid
  UNION
  SELECT h.uid, h.account_uid, r.group_uid, r.permission_uid, r.perimeter
  FROM holders h
  JOIN memberships m ON m.account_uid = h.account_uid
  JOIN group_closure c ON c.group_uid = m.group_uid
  JOIN rights r ON r.group_uid = c.ancestor_uid
),
ways AS (
  SELECT DISTINCT b.uid, b.account_uid, b.group_uid, b.permission_uid, b.perimeter, g.wanted_uid, g.name
  FROM brought b JOIN bringing g ON g.permission_uid = b.permission_uid
),
held AS (
  SELECT DISTINCT r.uid, r.name, {perimeter} AS perimeter FROM ways r
){exercised},
together AS (
  SELECT h.uid, h.detail, l.place, l.duty AS left_duty, l.term AS left_term, r.duty AS right_duty, r.term AS right_term
  FROM control_hits h
  JOIN duty_pairs q ON q.control = h.control AND q.detail = h.detail
  JOIN exercised l ON l.uid = h.uid AND l.duty = q.left_duty
  JOIN exercised r ON r.uid = h.uid AND r.duty = q.right_duty AND r.place = l.place
  WHERE h.control = {control}
),
fulfilled AS (
  SELECT t.uid, t.detail, t.place, t.left_duty AS duty, t.left_term AS term FROM together t
  UNION
  SELECT t.uid, t.detail, t.place, t.right_duty AS duty, t.right_term AS term FROM together t
)
SELECT DISTINCT {control} AS control, {kind} AS kind, w.uid, f.detail, w.account_uid, w.group_uid, w.permission_uid, w.wanted_uid, w.perimeter
FROM fulfilled f
JOIN literals l ON l.duty = f.duty AND l.term = f.term AND l.is_held
JOIN ways w ON w.uid = f.uid AND w.name = l.name
WHERE {is_there}
