-- removals.sql: what to take away so that a finding of duties is gone
SELECT r.kind, CASE WHEN s.namespace = '' THEN s.key ELSE s.namespace || '/' || s.key END AS subject, r.detail,
       a.namespace || '/' || a.key AS account, g.namespace || '/' || g.key AS out_of_group, p.namespace || '/' || p.key AS the_right,
       r.perimeter, r.is_minimal AS fewest
FROM finding_removals r
LEFT JOIN uids s ON s.kind = r.kind AND s.uid = r.uid
LEFT JOIN uids a ON a.kind = 'account' AND a.uid = r.account_uid
LEFT JOIN uids g ON g.kind = 'group' AND g.uid = r.group_uid
LEFT JOIN uids p ON p.kind = 'permission' AND p.uid = r.permission_uid
WHERE r.control = {control}
