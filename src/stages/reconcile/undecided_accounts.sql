-- The accounts that rules may decide: nothing before them did, and no person broke them off.
WITH broken AS (
  SELECT DISTINCT d.repository AS broken_repository, d.identifier AS broken_identifier
  FROM decisions d
  WHERE d.problem IS NULL AND d.decision = 'break'
)
SELECT a.uid AS account_uid
FROM accounts a
LEFT JOIN carried_ownership c ON c.account_uid = a.uid
LEFT JOIN broken b ON b.broken_repository = a.repository AND b.broken_identifier = a.identifier
WHERE c.account_uid IS NULL AND b.broken_identifier IS NULL
