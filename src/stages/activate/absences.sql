-- Whom no source that counts lists now. They are gone once each of these has missed them more often than the grace allows.
SELECT l.uid AS uid, MIN(l.missed_loads) AS missed_loads, MAX(l.last_listed_on) AS last_listed_on,
       CASE WHEN COUNT(*) = COUNT(l.missed_on) THEN MAX(l.missed_on) END AS missed_on,
       MIN(l.missed_loads) > {grace_loads} AS is_gone
FROM listings l
JOIN (SELECT DISTINCT m.uid AS missed_uid FROM listings m WHERE m.last_listed_on IS NOT NULL) u ON u.missed_uid = l.uid
{counting}GROUP BY l.uid
HAVING COUNT(*) = COUNT(l.last_listed_on)
