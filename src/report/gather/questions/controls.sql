-- findings that stand by control, the worst first; those under an exception apart from the open ones
SELECT f.control AS control, f.kind AS kind, MAX(f.risk) AS risk,
       COUNT(CASE WHEN f.excepted_until_on IS NULL THEN 1 END) AS open_now,
       COUNT(CASE WHEN f.excepted_until_on IS NULL AND f.state IN ('opened', 'reopened', 'lapsed') THEN 1 END) AS opened_by_this_load,
       CAST(MIN(CASE WHEN f.excepted_until_on IS NULL THEN f.opened_on END) AS VARCHAR) AS oldest_since,
       COUNT(f.excepted_until_on) AS excepted
FROM findings f
WHERE f.state <> 'fixed'
GROUP BY f.control, f.kind
ORDER BY risk DESC, open_now DESC, control, kind
