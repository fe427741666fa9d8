SELECT r.threshold, r.by_column || ' ' || COALESCE(r.by_value, '(none)') AS judged_for, CAST(ROUND(r.value, 1) AS VARCHAR) AS reached, r.limit_text, r.sentence
FROM threshold_results r
WHERE r.severity = 'hold'
ORDER BY r.threshold NULLS LAST, r.by_value NULLS FIRST, r.side NULLS LAST
