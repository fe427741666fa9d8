SELECT 'ownership' AS table_name, 'deleted' AS movement, CAST(NULL AS VARCHAR) AS source, {told}
FROM before_ownership b JOIN accounts n ON n.uid = b.account_uid LEFT JOIN ownership o ON o.account_uid = b.account_uid
WHERE b.identity_uid IS NOT NULL AND o.identity_uid IS NULL
