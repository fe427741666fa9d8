-- What collected rules say on the day of the load
SELECT l.rule, l.organisation_uid, l.job_code, l.permission_uid, l.perimeter
FROM theoretical_links l
WHERE (l.valid_from IS NULL OR l.valid_from <= {as_of}) AND (l.valid_until IS NULL OR l.valid_until >= {as_of})
