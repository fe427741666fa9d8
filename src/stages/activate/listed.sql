SELECT s.uid AS uid, {source} AS source, CAST(0 AS BIGINT) AS missed_loads,
       CAST(NULL AS DATE) AS last_listed_on, CAST(NULL AS DATE) AS missed_on
FROM staged_identities s
WHERE s.source = {source}
