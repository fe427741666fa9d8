-- one limit of a threshold, for every value it is broken down by
WITH measured AS (
  SELECT m.threshold, m.by_column, m.by_value, m.before_value, m.value, {moved} AS moved, ABS(m.before_value) AS base
  FROM metrics m
  WHERE m.threshold = {id}{only}
),
weighed AS (
  SELECT m.threshold, m.by_column, m.by_value, m.before_value, m.value, m.moved, m.base,
         CASE WHEN {holds} THEN 'hold' WHEN {warns} THEN 'warn' ELSE 'ok' END AS severity
  FROM measured m
),
judged AS (
  SELECT w.threshold, w.by_column, w.by_value, w.before_value, w.value, w.moved, w.base, w.severity,
         CASE w.severity WHEN 'hold' THEN {hold_text} WHEN 'warn' THEN {warn_text} ELSE {first_text} END AS limit_text
  FROM weighed w
),
top_names AS (
{contributors}
),
samples AS (
{samples}
)
SELECT j.threshold, j.by_column, j.by_value, {side} AS side, j.severity, j.before_value, j.value, j.limit_text,
       {sentence} AS sentence
FROM judged j LEFT JOIN top_names t ON COALESCE(t.by_value, '') = COALESCE(j.by_value, '')
LEFT JOIN samples s ON COALESCE(s.by_value, '') = COALESCE(j.by_value, '')
