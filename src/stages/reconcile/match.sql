-- Accounts still undecided, and how many identities rule {rule} finds for each.
WITH undecided AS (
  SELECT a.uid AS account_uid, {account} AS account_text
  FROM accounts a
  WHERE NOT EXISTS (SELECT 1 FROM carried_ownership c WHERE c.account_uid = a.uid)
    AND NOT EXISTS (SELECT 1 FROM forbidden_owners x WHERE x.account_uid = a.uid){in_repositories}
),
people AS (
  SELECT i.uid AS identity_uid, {identity} AS identity_text
  FROM identities i
),
namesakes AS (
  SELECT identity_text, MIN(identity_uid) AS first_uid, CAST(COUNT(*) AS BIGINT) AS candidates
  FROM people
  WHERE identity_text IS NOT NULL
  GROUP BY identity_text
)
SELECT {rank} AS rule_rank, {rule} AS rule, u.account_uid AS account_uid,
       CASE WHEN n.candidates = 1 THEN n.first_uid END AS identity_uid,
       CAST(NULL AS VARCHAR) AS ownerless, n.candidates AS candidates, (n.candidates = 1 OR {is_final}) AS is_final
FROM undecided u
JOIN namesakes n ON n.identity_text = u.account_text
