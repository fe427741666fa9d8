-- Who was active in the parent, and how many of them still are.
SELECT 'guard_leavers' AS threshold, CAST(NULL AS VARCHAR) AS by_column, CAST(NULL AS VARCHAR) AS by_value,
       CAST(COUNT(*) AS DOUBLE) AS before_value, CAST(COUNT(*) FILTER (WHERE s.status = 'active') AS DOUBLE) AS value,
       CAST(NULL AS DOUBLE) AS counted, CAST(NULL AS DOUBLE) AS out_of
FROM before_identity_status b
LEFT JOIN identity_status s ON s.uid = b.uid
WHERE b.status = 'active'
