-- What kind of account each is of which anything says so: a person, else its source, else the first rule that holds.
WITH found AS (
  SELECT CAST(0 AS BIGINT) AS rank, 'class' AS rule, d.value AS class, a.uid AS account_uid
  FROM decisions d
  JOIN accounts a ON a.repository = d.repository AND a.identifier = d.identifier
  WHERE d.problem IS NULL AND d.decision = 'class'
  UNION ALL
  SELECT CAST(1 AS BIGINT) AS rank, 'stated' AS rule, a.ownerless AS class, a.uid AS account_uid
  FROM accounts a
  WHERE a.ownerless IS NOT NULL{rules}
),
ranked AS (
  SELECT f.account_uid AS ranked_uid, MIN(f.rank) AS least_rank FROM found f GROUP BY f.account_uid
)
SELECT f.account_uid AS account_uid, f.class AS class, f.rule AS rule
FROM found f
JOIN ranked r ON r.ranked_uid = f.account_uid AND r.least_rank = f.rank
