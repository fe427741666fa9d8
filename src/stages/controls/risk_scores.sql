-- the sums of risk_points, and the place that each object has by them among those of its kind
WITH summed AS (
  SELECT p.kind, p.uid, CAST(SUM(p.findings) AS BIGINT) AS findings, CAST(SUM(p.excepted_findings) AS BIGINT) AS excepted_findings,
         MAX(CASE WHEN p.findings > 0 THEN p.risk END) AS worst_risk,
         CAST(SUM(p.points) AS BIGINT) AS score, CAST(SUM(p.excepted_points) AS BIGINT) AS excepted_score
  FROM risk_points p GROUP BY p.kind, p.uid
)
SELECT s.kind, s.uid, s.score, CAST(RANK() OVER (PARTITION BY s.kind ORDER BY s.score DESC NULLS LAST) AS BIGINT) AS score_rank,
       s.findings, s.worst_risk, s.excepted_score, s.excepted_findings
FROM summed s
