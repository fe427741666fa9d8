-- without_owner.sql: how many accounts have no owner, by repository and reason; orphans are those without a reason
SELECT a.repository AS repository, COALESCE(o.ownerless, 'not known (orphan)') AS reason, COUNT(*) AS accounts
FROM accounts a LEFT JOIN ownership o ON o.account_uid = a.uid
WHERE o.identity_uid IS NULL
GROUP BY a.repository, COALESCE(o.ownerless, 'not known (orphan)')
