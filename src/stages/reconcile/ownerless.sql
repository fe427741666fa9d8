-- Accounts still undecided that have no owner by rule {rule}.
WITH undecided AS (
  SELECT u.* FROM accounts u
  JOIN undecided_accounts n ON n.account_uid = u.uid{in_repositories}
)
SELECT {rank} AS rule_rank, {rule} AS rule, a.uid AS account_uid, CAST(NULL AS BIGINT) AS identity_uid,
       {reason} AS ownerless, CAST(0 AS BIGINT) AS candidates, TRUE AS is_final
FROM undecided a
WHERE (
{predicate}
)
