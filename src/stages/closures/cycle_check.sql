-- The members of cycles for DuckDB alone: two nodes lie on a cycle if each reaches the other.
WITH RECURSIVE links AS (
{input}
),
reach AS (
  SELECT {label}, uid, parent_uid FROM links
  UNION
  SELECT r.{label}, r.uid, l.parent_uid
  FROM reach r JOIN links l ON l.{label} = r.{label} AND l.uid = r.parent_uid
)
SELECT r.{label} AS {label}, LEAST(r.uid, MIN(r.parent_uid)) AS cycle_uid, r.uid AS uid
FROM reach r JOIN reach b ON b.{label} = r.{label} AND b.uid = r.parent_uid AND b.parent_uid = r.uid
WHERE r.uid <> r.parent_uid
GROUP BY r.{label}, r.uid
