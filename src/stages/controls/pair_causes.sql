-- The rights behind each finding of control {control}: those of the permissions by which both duties are exercised
WITH {made}
SELECT DISTINCT {control} AS control, {kind} AS kind, w.uid, m.detail, w.account_uid, w.group_uid, w.permission_uid, w.wanted_uid, w.perimeter
FROM made m
JOIN finding_ways w ON w.control = {control} AND w.uid = m.uid AND w.wanted_uid = m.wanted_uid
WHERE {is_there}
