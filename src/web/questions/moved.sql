-- moved.sql: each object and relation that moved, by its names, with what moved it
SELECT m.table_name, m.movement, m.kind,
       CASE WHEN u.namespace = '' THEN u.key ELSE u.namespace || '/' || u.key END AS subject,
       m.related_kind,
       CASE WHEN r.namespace = '' THEN r.key ELSE r.namespace || '/' || r.key END AS related,
       m.detail, m.cause
FROM movements m
LEFT JOIN uids u ON u.kind = m.kind AND u.uid = m.uid
LEFT JOIN uids r ON r.kind = m.related_kind AND r.uid = m.related_uid
WHERE {filter}
