measured AS (
  SELECT m.threshold, m.by_column, m.by_value, m.before_value, m.value, m.counted, m.out_of, {moved} AS moved, ABS(m.before_value) AS base,
         {loads} AS loads
  FROM {metrics} m
  WHERE m.threshold = {id}{only}
),
weighed AS (
  SELECT m.threshold, m.by_column, m.by_value, m.before_value, m.value, m.counted, m.out_of, m.moved, m.base, m.loads,
         CASE {unknown}WHEN {holds} THEN 'hold' WHEN {warns} THEN 'warn' ELSE 'ok' END AS severity
  FROM measured m
),
judged AS (
  SELECT w.threshold, w.by_column, w.by_value, w.before_value, w.value, w.counted, w.out_of, w.moved, w.base, w.loads, w.severity,
         CASE w.severity WHEN 'hold' THEN {hold_text} WHEN 'warn' THEN {warn_text} ELSE {first_text} END AS limit_text
  FROM weighed w
)
