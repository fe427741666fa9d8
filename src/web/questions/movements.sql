-- movements.sql: how many objects and relations of each table are new, modified and gone
SELECT m.table_name,
       CAST(SUM(CASE WHEN m.movement = 'new' THEN 1 ELSE 0 END) AS BIGINT) AS new_rows,
       CAST(SUM(CASE WHEN m.movement = 'modified' THEN 1 ELSE 0 END) AS BIGINT) AS modified_rows,
       CAST(SUM(CASE WHEN m.movement = 'deleted' THEN 1 ELSE 0 END) AS BIGINT) AS deleted_rows
FROM movements m
GROUP BY m.table_name
