-- What every guard measures. Removed: what the parent had, and what of it is still there. Added: what the parent had,
-- and that with what is new. Empty: all rows of a table. Owners lost: accounts that had an owner in the parent and are
-- still there, and how many of them have one now.
WITH gone AS (
  SELECT c.table_name, c.source, CAST(SUM(c.moved) AS BIGINT) AS n
  FROM movement_counts c
  WHERE c.movement = 'deleted'
  GROUP BY c.table_name, c.source
),
counted AS (
  SELECT s.table_name, s.source, s.before_rows, s.now_rows, COALESCE(g.n, 0) AS gone_rows
  FROM source_counts s
  LEFT JOIN gone g ON g.table_name = s.table_name AND g.source = s.source
)
SELECT 'guard_removed_' || c.table_name AS threshold, 'source' AS by_column, c.source AS by_value,
       CAST(c.before_rows AS DOUBLE) AS before_value, CAST(c.before_rows - c.gone_rows AS DOUBLE) AS value,
       CAST(NULL AS DOUBLE) AS counted, CAST(NULL AS DOUBLE) AS out_of
FROM counted c
WHERE c.before_rows > 0
UNION ALL
SELECT 'guard_added_' || c.table_name AS threshold, 'source' AS by_column, c.source AS by_value,
       CAST(c.before_rows AS DOUBLE) AS before_value, CAST(c.now_rows + c.gone_rows AS DOUBLE) AS value,
       CAST(NULL AS DOUBLE) AS counted, CAST(NULL AS DOUBLE) AS out_of
FROM counted c
WHERE c.now_rows > 0
UNION ALL
SELECT 'guard_empty_' || c.table_name AS threshold, CAST(NULL AS VARCHAR) AS by_column, CAST(NULL AS VARCHAR) AS by_value,
       CAST(SUM(c.before_rows) AS DOUBLE) AS before_value, CAST(SUM(c.now_rows) AS DOUBLE) AS value,
       CAST(NULL AS DOUBLE) AS counted, CAST(NULL AS DOUBLE) AS out_of
FROM counted c
GROUP BY c.table_name
HAVING SUM(c.before_rows) > 0
UNION ALL
SELECT 'guard_owners_lost' AS threshold, CAST(NULL AS VARCHAR) AS by_column, CAST(NULL AS VARCHAR) AS by_value,
       CAST(COUNT(*) AS DOUBLE) AS before_value,
       CAST(COUNT(*) FILTER (WHERE o.identity_uid IS NOT NULL) AS DOUBLE) AS value,
       CAST(NULL AS DOUBLE) AS counted, CAST(NULL AS DOUBLE) AS out_of
FROM before_ownership b JOIN accounts n ON n.uid = b.account_uid LEFT JOIN ownership o ON o.account_uid = b.account_uid
WHERE b.identity_uid IS NOT NULL
