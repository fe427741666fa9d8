
SELECT f.control, f.kind, f.uid, f.detail,
       CASE WHEN f.state = 'persisting' AND f.was_excepted_until IS NOT NULL THEN 'lapsed' ELSE f.state END AS state,
       f.opened_on, f.first_opened_on, f.fixed_on, f.risk, CAST(NULL AS VARCHAR) AS exception, CAST(NULL AS DATE) AS excepted_until_on
FROM followed f
