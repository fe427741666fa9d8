-- by_repository.sql: accounts of each repository, with owner, without for a reason, and orphans
SELECT a.repository, COUNT(*) AS accounts,
       CAST(SUM(CASE WHEN o.identity_uid IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS owned,
       CAST(SUM(CASE WHEN o.ownerless IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS ownerless,
       CAST(SUM(CASE WHEN o.account_uid IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS orphans
FROM accounts a
LEFT JOIN ownership o ON o.account_uid = a.uid
GROUP BY a.repository
