-- accounts that had an owner in the parent and are still there; how many of them have one now
SELECT 'guard_owners_lost' AS threshold, CAST(NULL AS VARCHAR) AS by_column, CAST(NULL AS VARCHAR) AS by_value,
       CAST(COUNT(*) AS DOUBLE) AS before_value,
       CAST(COUNT(*) FILTER (WHERE o.identity_uid IS NOT NULL) AS DOUBLE) AS value
FROM before_ownership b JOIN accounts n ON n.uid = b.account_uid LEFT JOIN ownership o ON o.account_uid = b.account_uid
WHERE b.identity_uid IS NOT NULL
