-- open findings by risk and by how long they have been open, in days up to the day of the timeslot; those under an exception apart
SELECT f.risk AS risk,
       COUNT(CASE WHEN f.excepted_until_on IS NULL THEN 1 END) AS open_now,
       COUNT(CASE WHEN f.excepted_until_on IS NULL AND f.state IN ('opened', 'reopened', 'lapsed') THEN 1 END) AS opened_by_this_load,
       COUNT(CASE WHEN f.excepted_until_on IS NULL AND f.opened_on > {week} THEN 1 END) AS days_0_to_6,
       COUNT(CASE WHEN f.excepted_until_on IS NULL AND f.opened_on <= {week} AND f.opened_on > {month} THEN 1 END) AS days_7_to_29,
       COUNT(CASE WHEN f.excepted_until_on IS NULL AND f.opened_on <= {month} AND f.opened_on > {quarter} THEN 1 END) AS days_30_to_89,
       COUNT(CASE WHEN f.excepted_until_on IS NULL AND f.opened_on <= {quarter} THEN 1 END) AS days_90_and_more,
       COUNT(f.excepted_until_on) AS excepted
FROM findings f
WHERE f.state <> 'fixed'
GROUP BY f.risk
ORDER BY f.risk DESC
