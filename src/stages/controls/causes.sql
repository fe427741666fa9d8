-- The rights behind each finding of control {control}: who holds them, and which of the conflicting permissions each brings
WITH {wanted},
bringing AS (
  SELECT w.uid AS permission_uid, w.uid AS wanted_uid FROM wanted w
  UNION
  SELECT c.permission_uid, w.uid AS wanted_uid FROM permission_closure c JOIN wanted w ON w.uid = c.included_uid
),
concerned AS (
{concerned}
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
causes AS (
  SELECT DISTINCT n.uid, n.detail, COALESCE(n.detail, '') AS detail_key, n.wanted_uid, b.account_uid, b.group_uid, b.permission_uid, b.perimeter
  FROM concerned n
  JOIN brought b ON b.uid = n.uid
  JOIN bringing g ON g.permission_uid = b.permission_uid AND g.wanted_uid = n.wanted_uid
){covered}
SELECT {control} AS control, {kind} AS kind, c.uid, c.detail, c.account_uid, c.group_uid, c.permission_uid, c.wanted_uid, c.perimeter
FROM causes c{only}
