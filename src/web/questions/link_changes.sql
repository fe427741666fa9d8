-- link_changes.sql: what each object gained or lost, by its names, with what moved it
SELECT c.table_name, c.change, c.kind,
       CASE WHEN u.namespace = '' THEN u.key ELSE u.namespace || '/' || u.key END AS subject,
       c.related_kind,
       CASE WHEN r.namespace = '' THEN r.key ELSE r.namespace || '/' || r.key END AS related,
       c.detail, c.cause
FROM link_changes c
LEFT JOIN uids u ON u.kind = c.kind AND u.uid = c.uid
LEFT JOIN uids r ON r.kind = c.related_kind AND r.uid = c.related_uid
WHERE {filter}
