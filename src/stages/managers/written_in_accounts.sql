-- Who is meant by a text of accounts that all belong to one person
written AS (
  SELECT w.text_norm, MIN(w.identity_uid) AS person_uid
  FROM (
    SELECT {norm} AS text_norm, o.identity_uid FROM accounts t LEFT JOIN ownership o ON o.account_uid = t.uid
  ) w
  WHERE w.text_norm IS NOT NULL
  GROUP BY w.text_norm
  HAVING COUNT(*) = COUNT(w.identity_uid) AND MIN(w.identity_uid) = MAX(w.identity_uid)
)
