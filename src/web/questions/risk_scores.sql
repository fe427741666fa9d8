-- risk_scores.sql: what the open findings about something add up to
SELECT s.kind, s.score_rank, CASE WHEN u.namespace = '' THEN u.key ELSE u.namespace || '/' || u.key END AS subject, s.score, s.findings,
       s.worst_risk, s.excepted_score, s.excepted_findings
FROM risk_scores s
LEFT JOIN uids u ON u.kind = s.kind AND u.uid = s.uid
WHERE {filter}
