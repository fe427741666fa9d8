-- Who is meant by a text that exactly one listed person has
written AS (
  SELECT w.text_norm, MIN(w.uid) AS person_uid
  FROM (SELECT {norm} AS text_norm, t.uid FROM identities t) w
  WHERE w.text_norm IS NOT NULL
  GROUP BY w.text_norm
  HAVING COUNT(*) = 1
)
