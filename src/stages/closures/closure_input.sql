-- A row with a null parent per node, and one per step that was not cut
SELECT uid, CAST(NULL AS BIGINT) AS parent_uid FROM {objects}
UNION ALL
SELECT l.uid, l.parent_uid
FROM (
{links}
) l{uncut}
