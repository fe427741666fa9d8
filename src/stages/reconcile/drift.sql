-- Owners whom rule {rule} found and would not find now, and why.
WITH owned AS (
  SELECT o.account_uid AS account_uid, o.identity_uid AS owner_uid, {account} AS account_text
  FROM ownership o
  JOIN accounts a ON a.uid = o.account_uid
  WHERE o.rule = {rule} AND o.identity_uid IS NOT NULL
),
people AS (
  SELECT i.uid AS identity_uid, {identity} AS identity_text
  FROM identities i
),
bearers AS (
  SELECT p.identity_text AS borne_text, CAST(COUNT(*) AS BIGINT) AS bearers, MIN(p.identity_uid) AS first_uid
  FROM people p
  WHERE p.identity_text IS NOT NULL
  GROUP BY p.identity_text
),
judged AS (
  SELECT w.account_uid, w.owner_uid, COALESCE(p.identity_text = w.account_text, FALSE) AS holds, COALESCE(b.bearers, 0) AS bearers, b.first_uid
  FROM owned w
  JOIN people p ON p.identity_uid = w.owner_uid
  LEFT JOIN bearers b ON b.borne_text = w.account_text
)
SELECT j.account_uid AS account_uid, j.owner_uid AS identity_uid, {rule} AS rule,
       CASE WHEN j.holds THEN 'shared' WHEN j.bearers = 0 THEN 'gone' WHEN j.bearers = 1 THEN 'other' ELSE 'others' END AS drift,
       CASE WHEN NOT j.holds AND j.bearers = 1 THEN j.first_uid END AS found_uid,
       COALESCE(d.first_seen_on, {as_of}) AS first_seen_on
FROM judged j
LEFT JOIN before_owner_drift d ON d.account_uid = j.account_uid AND d.identity_uid = j.owner_uid AND d.rule = {rule}
WHERE NOT j.holds OR j.bearers > 1
