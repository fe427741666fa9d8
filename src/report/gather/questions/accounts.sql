-- whose accounts are, and which wait for somebody to decide
SELECT COUNT(*) AS present,
       COUNT(CASE WHEN o.identity_uid IS NOT NULL THEN 1 END) AS owned,
       COUNT(CASE WHEN o.identity_uid IS NULL AND o.ownerless <> 'leaved' THEN 1 END) AS classed,
       COUNT(CASE WHEN o.ownerless = 'leaved' THEN 1 END) AS leaved,
       COUNT(CASE WHEN o.account_uid IS NULL THEN 1 END) AS orphans,
       COUNT(CASE WHEN (o.account_uid IS NULL OR o.ownerless = 'leaved') AND d.identifier IS NULL THEN 1 END) AS undecided,
       COUNT(a.is_enabled) AS enabled_told
FROM accounts a
LEFT JOIN ownership o ON o.account_uid = a.uid
LEFT JOIN (
  SELECT DISTINCT c.repository, c.identifier FROM decisions c WHERE c.problem IS NULL
) d ON d.repository = a.repository AND d.identifier = a.identifier
