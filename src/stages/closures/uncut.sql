 LEFT JOIN cut_links c ON c.table_name = l.table_name AND c.uid = l.uid AND c.parent_uid = l.parent_uid
WHERE c.uid IS NULL
