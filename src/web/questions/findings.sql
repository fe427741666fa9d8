-- findings.sql: every finding with its subject by name, and for how many days it stands
SELECT f.control, f.risk, f.state, f.kind,
       CASE WHEN u.namespace = '' THEN u.key ELSE u.namespace || '/' || u.key END AS subject,
       f.detail, f.opened_on, f.first_opened_on, f.fixed_on, f.excepted_until_on
FROM findings f
LEFT JOIN uids u ON u.kind = f.kind AND u.uid = f.uid
WHERE {filter}
