-- A row with a null parent per node, and one per step that was not cut
SELECT uid, CAST(NULL AS BIGINT) AS parent_uid FROM {objects}
UNION ALL
SELECT l.uid, l.parent_uid
FROM (
{links}
) l LEFT JOIN cut_links c ON c.table_name = l.table_name AND c.uid = l.uid AND c.parent_uid = l.parent_uid
WHERE c.uid IS NULL
