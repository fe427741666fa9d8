-- Findings that changed in this load, by control
SELECT f.control, CAST(COUNT(*) AS BIGINT) AS n
FROM findings f
LEFT JOIN (SELECT b.control, b.kind, b.uid, b.detail FROM before_findings b WHERE b.state = 'fixed') b
  ON b.control = f.control AND b.kind = f.kind AND b.uid = f.uid AND COALESCE(b.detail, '') = COALESCE(f.detail, '')
WHERE f.state IN ('opened', 'reopened', 'lapsed') OR (f.state = 'fixed' AND f.fixed_on = {as_of} AND b.control IS NULL)
GROUP BY f.control
