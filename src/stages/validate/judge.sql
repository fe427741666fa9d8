-- one limit of a threshold, for every value it is broken down by, and what stands behind it
WITH {judged},
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
