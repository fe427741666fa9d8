-- Accounts still undecided that have no owner by rule {rule}.
WITH undecided AS (
  SELECT u.* FROM accounts u
  WHERE NOT EXISTS (SELECT 1 FROM carried_ownership c WHERE c.account_uid = u.uid)
    AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.repository = u.repository AND d.identifier = u.identifier AND d.decision = 'break' AND d.problem IS NULL){in_repositories}
)
SELECT {rank} AS rule_rank, {rule} AS rule, a.uid AS account_uid, CAST(NULL AS BIGINT) AS identity_uid,
       {reason} AS ownerless, CAST(0 AS BIGINT) AS candidates, TRUE AS is_final
FROM undecided a
WHERE (
{predicate}
)
