SELECT f.employee_id || COALESCE(' ' || f.full_name, '') AS name, COALESCE(s.reason, d.reason, 'absent') AS reason
FROM before_identity_status b
JOIN before_identities f ON f.uid = b.uid
LEFT JOIN identity_status s ON s.uid = b.uid
LEFT JOIN departures d ON d.uid = b.uid
WHERE b.status = 'active' AND COALESCE(s.status, '') <> 'active'
