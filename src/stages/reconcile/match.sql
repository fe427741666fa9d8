-- Accounts still undecided, and whom rule {rule} finds for each: the only identity of that text, or, of those in
-- question, the only one left.
WITH undecided AS (
  SELECT a.uid AS account_uid, {account} AS account_text
  FROM accounts a
  JOIN undecided_accounts n ON n.account_uid = a.uid{in_repositories}
),
people AS (
  SELECT i.uid AS identity_uid, {identity} AS identity_text
  FROM identities i
),
only_ones AS (
  SELECT p.identity_text, MIN(p.identity_uid) AS identity_uid
  FROM people p
  WHERE p.identity_text IS NOT NULL
  GROUP BY p.identity_text
  HAVING COUNT(*) = 1
),
in_question AS (
  SELECT c.account_uid AS account_uid, CAST(COUNT(*) AS BIGINT) AS candidates,
         CAST(COUNT(i.uid) AS BIGINT) AS listed, MIN(i.uid) AS first_listed
  FROM owner_candidates c
  LEFT JOIN identities i ON i.uid = c.identity_uid
  WHERE c.rule = {rule}
  GROUP BY c.account_uid
),
found AS (
  SELECT q.account_uid, q.candidates, q.listed, q.first_listed
  FROM in_question q
  UNION ALL
  SELECT u.account_uid AS account_uid, CAST(1 AS BIGINT) AS candidates, CAST(1 AS BIGINT) AS listed, o.identity_uid AS first_listed
  FROM undecided u
  JOIN only_ones o ON o.identity_text = u.account_text
  LEFT JOIN in_question q ON q.account_uid = u.account_uid
  LEFT JOIN forbidden_owners x ON x.account_uid = u.account_uid AND x.identity_uid = o.identity_uid
  WHERE q.account_uid IS NULL AND x.account_uid IS NULL
)
SELECT {rank} AS rule_rank, {rule} AS rule, f.account_uid AS account_uid,
       CASE WHEN f.candidates = 1 THEN f.first_listed END AS identity_uid, CAST(NULL AS VARCHAR) AS ownerless, f.candidates AS candidates,
       (f.listed > 0 AND (f.candidates = 1 OR {is_final})) AS is_final
FROM found f
