-- paths.sql: the shortest way to each right of the conflicts a control finds. What is passed without a step is told once
SELECT f.kind, CASE WHEN s.namespace = '' THEN s.key ELSE s.namespace || '/' || s.key END AS subject, f.detail,
       w.namespace || '/' || w.key AS to_right,
       a.namespace || '/' || a.key || COALESCE(' > ' || m.namespace || '/' || m.key, '')
       || CASE WHEN f.group_uid <> f.member_of_uid THEN COALESCE(' > ' || g.namespace || '/' || g.key, '') ELSE '' END
       || ' > ' || p.namespace || '/' || p.key
       || CASE WHEN f.wanted_uid <> f.permission_uid THEN ' > ' || w.namespace || '/' || w.key ELSE '' END AS way,
       f.perimeter, f.steps
FROM finding_paths f
LEFT JOIN uids s ON s.kind = f.kind AND s.uid = f.uid
LEFT JOIN uids a ON a.kind = 'account' AND a.uid = f.account_uid
LEFT JOIN uids m ON m.kind = 'group' AND m.uid = f.member_of_uid
LEFT JOIN uids g ON g.kind = 'group' AND g.uid = f.group_uid
LEFT JOIN uids p ON p.kind = 'permission' AND p.uid = f.permission_uid
LEFT JOIN uids w ON w.kind = 'permission' AND w.uid = f.wanted_uid
WHERE f.control = {control}
