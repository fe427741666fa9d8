-- orphans.sql: accounts of which nobody knows the owner, with how many people are in question
WITH found AS (
  {found}
), asked AS (
  SELECT c.account_uid AS uid, COUNT(DISTINCT c.identity_uid) AS candidates
  FROM (
    {in_question}
  ) c JOIN found f ON f.uid = c.account_uid GROUP BY c.account_uid
)
SELECT a.repository AS repository, a.identifier AS identifier, a.display_name AS name, a.email AS mail,
       a.employee_id AS stated_employee_id, a.category AS category, a.status AS status, a.last_logon_on AS last_log_on,
       COALESCE(n.candidates, 0) AS candidates
FROM found f
JOIN accounts a ON a.uid = f.uid
LEFT JOIN asked n ON n.uid = f.uid
