-- {why}: what was found before stands on
WITH followed AS (
  SELECT b.control, b.kind, b.uid, b.detail,
         CASE WHEN b.state = 'fixed' THEN 'fixed' ELSE 'persisting' END AS state,
         b.opened_on, b.first_opened_on, b.fixed_on, b.risk, b.excepted_until_on AS was_excepted_until
  FROM before_findings b WHERE b.control IN ({controls})
)
