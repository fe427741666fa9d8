-- movements.sql: how many objects and relations of each table are new, modified and gone, and how many of them by what cause
SELECT m.table_name,
       CAST(SUM(CASE WHEN m.movement = 'new' THEN 1 ELSE 0 END) AS BIGINT) AS new_rows,
       CAST(SUM(CASE WHEN m.movement = 'modified' THEN 1 ELSE 0 END) AS BIGINT) AS modified_rows,
       CAST(SUM(CASE WHEN m.movement = 'deleted' THEN 1 ELSE 0 END) AS BIGINT) AS deleted_rows,
       CAST(SUM(CASE WHEN m.cause = 'data' THEN 1 ELSE 0 END) AS BIGINT) AS by_data,
       CAST(SUM(CASE WHEN m.cause = 'configuration' THEN 1 ELSE 0 END) AS BIGINT) AS by_configuration,
       CAST(SUM(CASE WHEN m.cause = 'both' THEN 1 ELSE 0 END) AS BIGINT) AS by_either
FROM movements m
GROUP BY m.table_name
