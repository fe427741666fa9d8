-- How many are listed, and how many of them are active.
SELECT 'guard_leavers' AS threshold, CAST(NULL AS VARCHAR) AS by_column, CAST(NULL AS VARCHAR) AS by_value,
       CAST(NULL AS DOUBLE) AS before_value, CAST(COUNT(*) FILTER (WHERE s.status = 'active') AS DOUBLE) AS value,
       CAST(NULL AS DOUBLE) AS counted, CAST(COUNT(*) AS DOUBLE) AS out_of
FROM identity_status s
