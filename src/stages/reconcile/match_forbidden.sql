-- The same for the few accounts that some people may not own: who is left of those that rule {rule} finds.
WITH undecided AS (
  SELECT a.uid AS account_uid, {account} AS account_text
  FROM accounts a
  WHERE NOT EXISTS (SELECT 1 FROM carried_ownership c WHERE c.account_uid = a.uid)
    AND EXISTS (SELECT 1 FROM forbidden_owners x WHERE x.account_uid = a.uid){in_repositories}
),
people AS (
  SELECT i.uid AS identity_uid, {identity} AS identity_text
  FROM identities i
),
namesakes AS (
  SELECT u.account_uid AS account_uid, p.identity_uid AS identity_uid
  FROM undecided u
  JOIN people p ON p.identity_text = u.account_text
  LEFT JOIN forbidden_owners x ON x.account_uid = u.account_uid AND x.identity_uid = p.identity_uid
  WHERE x.account_uid IS NULL
),
counted AS (
  SELECT account_uid, MIN(identity_uid) AS first_uid, CAST(COUNT(*) AS BIGINT) AS candidates
  FROM namesakes
  GROUP BY account_uid
)
SELECT {rank} AS rule_rank, {rule} AS rule, account_uid,
       CASE WHEN candidates = 1 THEN first_uid END AS identity_uid,
       CAST(NULL AS VARCHAR) AS ownerless, candidates, (candidates = 1 OR {is_final}) AS is_final
FROM counted
