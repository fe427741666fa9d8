-- Controls whose findings hold the timeslot, by what the plan says of each
WITH blocking AS (
  SELECT f.control, f.kind, f.uid, f.detail
  FROM findings f
  JOIN evaluated_controls e ON e.control = f.control
  LEFT JOIN before_evaluated_controls b ON b.control = f.control
  WHERE f.state <> 'fixed' AND f.exception IS NULL
    AND (e.blocks = 'all'
         OR (e.blocks = 'new' AND f.opened_on > e.blocks_since)
         -- A control that the parent did not evaluate has nothing that stood before.
         OR (e.blocks = 'new' AND b.control IS NOT NULL AND f.state IN ('opened', 'reopened', 'lapsed')))
),
counted AS (
  SELECT b.control, COUNT(*) AS n FROM blocking b GROUP BY b.control
),
samples AS (
{samples}
),
top_names AS (
{contributors}
)
SELECT 'control:' || c.control AS threshold, CAST(NULL AS VARCHAR) AS by_column, CAST(NULL AS VARCHAR) AS by_value,
       'max' AS side, 'hold' AS severity, CAST(NULL AS DOUBLE) AS before_value, CAST(c.n AS DOUBLE) AS value, '0' AS limit_text,
       'control `' || c.control || '` (' || e.title || ') has ' || CAST(c.n AS VARCHAR) || CASE WHEN e.blocks = 'new' THEN ' new' ELSE ' open' END
         || ' findings, and the plan lets none through'
         || COALESCE('; most of it: ' || t.named, '') || COALESCE('; such as ' || s.named, '')
         || CASE WHEN c.n > 10 THEN ', and ' || CAST(c.n - 10 AS VARCHAR) || ' more' ELSE '' END AS sentence
FROM counted c
JOIN evaluated_controls e ON e.control = c.control
LEFT JOIN samples s ON s.control = c.control
LEFT JOIN top_names t ON t.control = c.control
