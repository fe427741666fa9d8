-- risk_points.sql: the arithmetic of risk scores
SELECT p.kind, CASE WHEN u.namespace = '' THEN u.key ELSE u.namespace || '/' || u.key END AS subject, p.control, p.risk, p.findings, p.weight,
       p.points, p.excepted_findings, p.excepted_points
FROM risk_points p
LEFT JOIN uids u ON u.kind = p.kind AND u.uid = p.uid
WHERE {filter}
