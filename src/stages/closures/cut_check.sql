-- The links to cut for DuckDB alone: a link from a smaller uid up to a larger one is cut if the upper end comes back to
-- the lower one without meeting a smaller uid. All of it happens within one cycle
WITH RECURSIVE all_links AS (
{input}
),
links AS (
  SELECT DISTINCT l.{label}, l.uid, l.parent_uid
  FROM all_links l
  JOIN {cycles} c ON c.{label} = l.{label} AND c.uid = l.uid
  JOIN {cycles} p ON p.{label} = l.{label} AND p.uid = l.parent_uid AND p.cycle_uid = c.cycle_uid
),
walk AS (
  SELECT {label}, uid, parent_uid, parent_uid AS node FROM links WHERE parent_uid > uid
  UNION
  SELECT w.{label}, w.uid, w.parent_uid, l.parent_uid AS node
  FROM walk w JOIN links l ON l.{label} = w.{label} AND l.uid = w.node
  WHERE l.parent_uid >= w.uid AND w.node > w.uid
)
SELECT {label}, uid, parent_uid FROM walk WHERE node = uid
