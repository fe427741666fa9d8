-- Every way by which those whom control {control} found hold a permission that it speaks of
WITH {wanted},
bringing AS (
  SELECT w.uid AS permission_uid, w.uid AS wanted_uid, CAST(0 AS BIGINT) AS steps FROM wanted w
  UNION
  SELECT c.permission_uid, w.uid AS wanted_uid, c.depth AS steps
  FROM permission_closure c JOIN wanted w ON w.uid = c.included_uid
  WHERE c.permission_uid <> c.included_uid
),
concerned AS (
  SELECT DISTINCT h.uid FROM control_hits h WHERE h.control = {control}
),
holders AS (
{holders}
)
SELECT {control} AS control, {kind} AS kind, h.uid, h.account_uid, CAST(NULL AS BIGINT) AS member_of_uid, CAST(NULL AS BIGINT) AS group_uid,
       r.permission_uid, b.wanted_uid, r.perimeter, 1 + b.steps AS steps
FROM holders h
JOIN rights r ON r.account_uid = h.account_uid
JOIN bringing b ON b.permission_uid = r.permission_uid
UNION
SELECT {control} AS control, {kind} AS kind, h.uid, h.account_uid, m.group_uid AS member_of_uid, r.group_uid,
       r.permission_uid, b.wanted_uid, r.perimeter, 2 + c.depth + b.steps AS steps
FROM holders h
JOIN memberships m ON m.account_uid = h.account_uid
JOIN group_closure c ON c.group_uid = m.group_uid
JOIN rights r ON r.group_uid = c.ancestor_uid
JOIN bringing b ON b.permission_uid = r.permission_uid
