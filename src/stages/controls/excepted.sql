,
-- of several exceptions the one that ends last counts
excepting AS (
  SELECT f.control, f.kind, f.uid, COALESCE(f.detail, '') AS detail_key, e.exception, e.valid_until,
         ROW_NUMBER() OVER (PARTITION BY f.control, f.kind, f.uid, COALESCE(f.detail, '') ORDER BY e.valid_until DESC NULLS LAST, e.exception NULLS LAST) AS place
  FROM followed f
  JOIN valid_exceptions e ON e.control = f.control AND e.kind = f.kind AND e.uid = f.uid AND (e.detail IS NULL OR e.detail = f.detail)
  WHERE f.state <> 'fixed'
)
SELECT f.control, f.kind, f.uid, f.detail,
       CASE WHEN f.state = 'persisting' AND f.was_excepted_until IS NOT NULL AND e.exception IS NULL THEN 'lapsed' ELSE f.state END AS state,
       f.opened_on, f.first_opened_on, f.fixed_on, f.risk, e.exception, e.valid_until AS excepted_until_on
FROM followed f
LEFT JOIN excepting e ON e.control = f.control AND e.kind = f.kind AND e.uid = f.uid AND e.detail_key = COALESCE(f.detail, '') AND e.place = 1
