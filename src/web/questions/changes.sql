-- changes.sql: attributes of modified objects, before and now, with what changed them
SELECT c.table_name, CASE WHEN u.namespace = '' THEN u.key ELSE u.namespace || '/' || u.key END AS subject,
       c.attribute, c.old_value AS before_it_was, c.new_value AS now_it_is, c.cause
FROM changes c
LEFT JOIN (
  SELECT u.kind || 's' AS table_name, u.uid, u.namespace, u.key FROM uids u WHERE u.kind NOT IN ('identity', 'repository')
  UNION ALL
  SELECT CASE WHEN u.kind = 'identity' THEN 'identities' ELSE 'repositories' END AS table_name, u.uid, u.namespace, u.key
  FROM uids u WHERE u.kind IN ('identity', 'repository')
) u ON u.table_name = c.table_name AND u.uid = c.uid
WHERE {filter}
