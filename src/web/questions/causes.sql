-- causes.sql: the rights that bring about the conflicts a control finds
SELECT c.kind, CASE WHEN s.namespace = '' THEN s.key ELSE s.namespace || '/' || s.key END AS subject, c.detail,
       a.namespace || '/' || a.key AS account, g.namespace || '/' || g.key AS through_group,
       p.namespace || '/' || p.key AS held, w.namespace || '/' || w.key AS conflicting, c.perimeter
FROM finding_causes c
LEFT JOIN uids s ON s.kind = c.kind AND s.uid = c.uid
LEFT JOIN uids a ON a.kind = 'account' AND a.uid = c.account_uid
LEFT JOIN uids g ON g.kind = 'group' AND g.uid = c.group_uid
LEFT JOIN uids p ON p.kind = 'permission' AND p.uid = c.permission_uid
LEFT JOIN uids w ON w.kind = 'permission' AND w.uid = c.wanted_uid
WHERE c.control = {control}
