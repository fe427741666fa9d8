-- A closure for DuckDB alone: breadth first, so that a node is met first by the fewest steps, and never twice.
WITH RECURSIVE links AS (
{input}
),
nodes AS (SELECT DISTINCT uid FROM links WHERE parent_uid IS NULL),
walk(uid, ancestor_uid, depth) USING KEY (uid, ancestor_uid) AS (
  SELECT n.uid, n.uid, CAST(0 AS BIGINT) FROM nodes n
  UNION
  SELECT w.uid, l.parent_uid, MIN(w.depth) + 1
  FROM walk w JOIN links l ON l.uid = w.ancestor_uid JOIN nodes n ON n.uid = l.parent_uid
  WHERE NOT EXISTS (SELECT 1 FROM recurring.walk r WHERE r.uid = w.uid AND r.ancestor_uid = l.parent_uid)
  GROUP BY w.uid, l.parent_uid
)
SELECT uid AS {node}, ancestor_uid AS {ancestor}, depth FROM walk
