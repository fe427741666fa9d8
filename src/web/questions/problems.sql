-- problems.sql: references that lead nowhere
SELECT p.table_name, p.column_name, p.problem, p.kind, p.key, p.source, p.occurrences
FROM reference_problems p
