-- Accounts still undecided that have no owner by rule {rule}, but those of which people say that they are somebody's.
WITH undecided AS (
  SELECT u.* FROM accounts u
  JOIN undecided_accounts n ON n.account_uid = u.uid{in_repositories}
  WHERE NOT EXISTS (
    SELECT 1 FROM decisions d
    WHERE d.repository = u.repository AND d.identifier = u.identifier AND d.problem IS NULL AND d.decision = 'class' AND d.value IN ({somebodys})
  )
)
SELECT {rank} AS rule_rank, {rule} AS rule, a.uid AS account_uid, CAST(NULL AS BIGINT) AS identity_uid,
       {reason} AS ownerless, CAST(0 AS BIGINT) AS candidates, TRUE AS is_final
FROM undecided a
WHERE (
{predicate}
)
