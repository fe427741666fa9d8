-- rejects.sql: rows that could not be taken
SELECT r.source, r.table_name, r.file, r.line, r.column_name, r.reason, r.raw
FROM rejects r
WHERE {filter}
