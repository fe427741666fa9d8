-- orphans.sql: accounts of which nobody knows the owner, with how many people are in question
SELECT a.repository AS repository, a.identifier AS identifier, a.display_name AS name, a.email AS mail,
       a.employee_id AS stated_employee_id, a.category AS category, a.status AS status, a.last_logon_on AS last_log_on,
       COALESCE(n.candidates, 0) AS candidates
FROM accounts a
LEFT JOIN (
  SELECT c.account_uid AS account_uid, COUNT(DISTINCT c.identity_uid) AS candidates FROM owner_candidates c GROUP BY c.account_uid
) n ON n.account_uid = a.uid
WHERE NOT EXISTS (SELECT 1 FROM ownership o WHERE o.account_uid = a.uid)
  AND {filter}
