-- The shortest of the ways that bring a finding of control {control} about, to each of its permissions
SELECT p.control, p.kind, p.uid, p.detail, p.wanted_uid, p.account_uid, p.member_of_uid, p.group_uid, p.permission_uid, p.perimeter, p.steps
FROM (
  SELECT w.control, w.kind, w.uid, c.detail, w.wanted_uid, w.account_uid, w.member_of_uid, w.group_uid, w.permission_uid, w.perimeter, w.steps,
         ROW_NUMBER() OVER (PARTITION BY w.uid, COALESCE(c.detail, ''), w.wanted_uid
                            ORDER BY w.steps NULLS LAST, w.account_uid NULLS LAST, w.member_of_uid NULLS FIRST, w.group_uid NULLS FIRST,
                                     w.permission_uid NULLS LAST, w.perimeter NULLS FIRST) AS place
  FROM finding_causes c
  JOIN finding_ways w ON w.control = c.control AND w.uid = c.uid AND w.account_uid = c.account_uid AND w.permission_uid = c.permission_uid
   AND w.wanted_uid = c.wanted_uid AND COALESCE(w.group_uid, -1) = COALESCE(c.group_uid, -1)
   AND COALESCE('in ' || w.perimeter, '') = COALESCE('in ' || c.perimeter, '')
  WHERE c.control = {control}
) p
WHERE p.place = 1
