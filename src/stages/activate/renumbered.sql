-- People who went and people who came that may be the same: at most 20
WITH gone AS (
  SELECT b.employee_id AS old_key, NULLIF(b.email_norm, '') AS old_mail, NULLIF(b.full_name_norm, '') AS old_name
  FROM movements m JOIN before_identities b ON b.uid = m.uid
  WHERE m.table_name = 'identities' AND m.movement = 'deleted'
),
come AS (
  SELECT n.employee_id AS new_key, NULLIF(n.email_norm, '') AS new_mail, NULLIF(n.full_name_norm, '') AS new_name
  FROM movements m JOIN identities n ON n.uid = m.uid
  WHERE m.table_name = 'identities' AND m.movement = 'new'
),
by_mail AS (
  SELECT old_mail, MIN(old_key) AS old_key, MIN(new_key) AS new_key
  FROM gone JOIN come ON new_mail = old_mail
  GROUP BY old_mail HAVING COUNT(*) = 1
),
by_name AS (
  SELECT old_name, MIN(old_key) AS old_key, MIN(new_key) AS new_key
  FROM gone JOIN come ON new_name = old_name
  GROUP BY old_name HAVING COUNT(*) = 1
)
SELECT m.old_key, m.new_key, CASE WHEN n.old_key IS NULL THEN 'mail' ELSE 'mail and name' END AS same
FROM by_mail m LEFT JOIN by_name n ON n.old_key = m.old_key AND n.new_key = m.new_key
UNION ALL
SELECT n.old_key, n.new_key, 'name' AS same
FROM by_name n
WHERE NOT EXISTS (SELECT 1 FROM by_mail m WHERE m.old_key = n.old_key OR m.new_key = n.new_key)
ORDER BY old_key NULLS LAST, new_key NULLS LAST
LIMIT 20
