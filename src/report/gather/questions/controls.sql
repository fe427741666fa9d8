-- open findings by control, the worst first
SELECT f.control AS control, f.kind AS kind, MAX(f.risk) AS risk, COUNT(*) AS open_now,
       COUNT(CASE WHEN f.state IN ('opened', 'reopened') THEN 1 END) AS opened_by_this_load,
       CAST(MIN(f.opened_on) AS VARCHAR) AS oldest_since
FROM findings f
WHERE f.state <> 'fixed'
GROUP BY f.control, f.kind
ORDER BY risk DESC, open_now DESC, control, kind
