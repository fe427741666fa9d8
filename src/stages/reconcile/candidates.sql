-- Who is in question for an account where rule {rule} finds several, or once did: a name that lost one of its bearers
-- still tells nobody apart. Whoever may not own the account is out of the question.
WITH undecided AS (
  SELECT a.uid AS account_uid, a.repository, {account} AS account_text
  FROM accounts a
  JOIN undecided_accounts n ON n.account_uid = a.uid{in_repositories}
),
people AS (
  SELECT i.uid AS identity_uid, {identity} AS identity_text
  FROM identities i
),
shared AS (
  SELECT p.identity_text AS shared_text
  FROM people p
  WHERE p.identity_text IS NOT NULL
  GROUP BY p.identity_text
  HAVING COUNT(*) > 1
),
-- A text that thousands share, such as that of test users, would otherwise make thousands of rows for each account.
placed AS (
  SELECT p.identity_uid, p.identity_text, ROW_NUMBER() OVER (PARTITION BY p.identity_text ORDER BY p.identity_uid) AS place
  FROM people p
  JOIN shared s ON s.shared_text = p.identity_text
),
remembered AS (
  SELECT u.account_uid AS account_uid, b.identity_uid AS identity_uid, u.account_text AS account_text
  FROM before_owner_candidates b
  JOIN undecided u ON u.account_uid = b.account_uid AND u.account_text = b.compared
  WHERE b.rule = {rule} AND {is_remembered}
    AND NOT EXISTS (SELECT 1 FROM forgotten_owners f WHERE f.name = b.rule AND f.kind = 'rule')
    AND NOT EXISTS (SELECT 1 FROM forgotten_owners g WHERE g.name = u.repository AND g.kind = 'repository')
),
in_question AS (
  SELECT u.account_uid AS account_uid, p.identity_uid AS identity_uid, u.account_text AS account_text
  FROM undecided u
  JOIN placed p ON p.identity_text = u.account_text
  WHERE p.place <= 20
  UNION
  SELECT r.account_uid AS account_uid, p.identity_uid AS identity_uid, r.account_text AS account_text
  FROM remembered r
  JOIN people p ON p.identity_text = r.account_text
  LEFT JOIN shared s ON s.shared_text = r.account_text
  WHERE s.shared_text IS NULL
  UNION
  SELECT r.account_uid AS account_uid, r.identity_uid AS identity_uid, r.account_text AS account_text
  FROM remembered r
)
SELECT {rule} AS rule, q.account_uid AS account_uid, q.identity_uid AS identity_uid, q.account_text AS compared
FROM in_question q
LEFT JOIN forbidden_owners x ON x.account_uid = q.account_uid AND x.identity_uid = q.identity_uid
WHERE x.account_uid IS NULL
