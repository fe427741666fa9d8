-- Everybody who is not there: listed and inactive; listed in the parent and no more; and those who were gone before.
WITH listing AS (
  SELECT l.uid AS listed_uid, STRING_AGG(l.source, ', ' ORDER BY l.source NULLS LAST) AS sources
  FROM listings l
  WHERE NOT EXISTS (SELECT 1 FROM identity_status s WHERE s.uid = l.uid AND s.status = 'active')
  GROUP BY l.uid
),
vanished AS (
  SELECT f.uid AS uid, f.employee_id AS employee_id, f.full_name AS full_name, f.source AS source,
         CASE WHEN f.departure_on <= {as_of} THEN f.departure_on END AS stated_on,
         CASE WHEN b.reason IN ('departed', 'status', 'absent') THEN b.reason
              WHEN f.departure_on {before} {last_day} THEN 'departed' ELSE 'absent' END AS reason,
         b.reason AS before_reason, {detail_before} AS before_detail, {departed_before} AS before_departed_on,
         CASE WHEN b.status = 'inactive' THEN {detected_before} END AS before_detected_on,
         a.missed_loads AS missed_loads, a.last_listed_on AS last_listed_on, a.missed_on AS missed_on
  FROM before_identities f
  LEFT JOIN before_identity_status b ON b.uid = f.uid
  LEFT JOIN absences a ON a.uid = f.uid
  WHERE NOT EXISTS (SELECT 1 FROM identities i WHERE i.uid = f.uid)
)
SELECT i.uid AS uid, i.employee_id AS employee_id, COALESCE(i.full_name, f.full_name, b.full_name) AS full_name,
       s.reason AS reason, s.detail AS detail, s.departed_on AS departed_on, s.detected_on AS detected_on,
       a.last_listed_on AS last_listed_on, COALESCE(a.missed_loads, 0) AS missed_loads, l.sources AS sources
FROM identity_status s
JOIN identities i ON i.uid = s.uid
LEFT JOIN before_departures b ON b.uid = s.uid
LEFT JOIN before_identities f ON f.uid = s.uid
LEFT JOIN absences a ON a.uid = s.uid
LEFT JOIN listing l ON l.listed_uid = s.uid
WHERE s.status = 'inactive'
UNION ALL
-- Who was inactive already keeps why and since when, but for those of whom only a rule said so.
SELECT v.uid AS uid, v.employee_id AS employee_id, COALESCE(v.full_name, b.full_name) AS full_name, v.reason AS reason,
       CASE WHEN v.reason = v.before_reason THEN v.before_detail END AS detail,
       COALESCE(CASE WHEN v.reason = v.before_reason THEN v.before_departed_on END, v.stated_on, v.missed_on, {as_of}) AS departed_on,
       COALESCE(v.before_detected_on, {as_of}) AS detected_on,
       COALESCE(v.last_listed_on, {parent}) AS last_listed_on, v.missed_loads AS missed_loads,
       COALESCE(l.sources, NULLIF(v.source, '(stub)')) AS sources
FROM vanished v
LEFT JOIN before_departures b ON b.uid = v.uid
LEFT JOIN listing l ON l.listed_uid = v.uid
UNION ALL
SELECT b.uid AS uid, b.employee_id AS employee_id, b.full_name AS full_name, b.reason AS reason, b.detail AS detail,
       b.departed_on AS departed_on, b.detected_on AS detected_on, b.last_listed_on AS last_listed_on,
       b.missed_loads AS missed_loads, b.sources AS sources
FROM before_departures b
WHERE NOT EXISTS (SELECT 1 FROM identities i WHERE i.uid = b.uid)
  AND NOT EXISTS (SELECT 1 FROM before_identities f WHERE f.uid = b.uid)
