-- identity_search.sql: people by a part of name, employee id or mail, with what they have
WITH found AS (
  {found}
), owned AS (
  SELECT o.identity_uid AS uid, COUNT(*) AS accounts FROM ownership o JOIN found f ON f.uid = o.identity_uid GROUP BY o.identity_uid
), held AS (
  SELECT e.identity_uid AS uid, COUNT(*) AS rights FROM effective_rights e JOIN found f ON f.uid = e.identity_uid GROUP BY e.identity_uid
)
SELECT i.employee_id AS employee_id, i.full_name AS name, s.status AS status, i.organisation AS organisation,
       i.job_title AS job, i.email AS mail, COALESCE(o.accounts, 0) AS accounts, COALESCE(h.rights, 0) AS rights
FROM found f
JOIN identities i ON i.uid = f.uid
LEFT JOIN identity_status s ON s.uid = f.uid
LEFT JOIN owned o ON o.uid = f.uid
LEFT JOIN held h ON h.uid = f.uid
