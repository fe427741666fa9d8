-- thresholds.sql: what thresholds concluded, what holds before what warns
SELECT t.severity, t.threshold, t.by_column, t.by_value, t.side, t.before_value, t.value, t.limit_text AS limit_reached, t.sentence
FROM threshold_results t
WHERE {filter}
