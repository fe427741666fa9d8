-- findings_about.sql: findings about a person and about their accounts, or about one account
SELECT f.control AS control, f.risk AS risk, f.state AS state, f.kind AS kind,
       CASE WHEN u.namespace <> '' THEN u.namespace END AS repository, u.key AS subject,
       f.detail AS detail, f.opened_on AS opened_on, f.fixed_on AS fixed_on,
       f.excepted_until_on AS excepted_until_on
FROM findings f
JOIN uids u ON u.kind = f.kind AND u.uid = f.uid
WHERE {about}
