-- by_control.sql: how many findings each control has, by their state
SELECT f.control, MAX(f.risk) AS risk,
       CAST(SUM(CASE WHEN f.fixed_on IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS standing,
       CAST(SUM(CASE WHEN f.state = 'opened' THEN 1 ELSE 0 END) AS BIGINT) AS opened,
       CAST(SUM(CASE WHEN f.state = 'reopened' THEN 1 ELSE 0 END) AS BIGINT) AS reopened,
       CAST(SUM(CASE WHEN f.state = 'fixed' THEN 1 ELSE 0 END) AS BIGINT) AS fixed,
       CAST(COUNT(f.excepted_until_on) AS BIGINT) AS excepted,
       CAST(SUM(CASE WHEN f.state = 'lapsed' THEN 1 ELSE 0 END) AS BIGINT) AS lapsed,
       MIN(CASE WHEN f.fixed_on IS NULL THEN f.opened_on END) AS oldest_since
FROM findings f
GROUP BY f.control
