-- accounts without an owner of which somebody is in question as such
SELECT COUNT(DISTINCT c.account_uid) AS orphans
FROM (
  {in_question}
) c
JOIN accounts a ON a.uid = c.account_uid
WHERE NOT EXISTS (SELECT 1 FROM ownership o WHERE o.account_uid = c.account_uid)
