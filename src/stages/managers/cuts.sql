-- Each manager who was cut, by the keys of both
SELECT 'managers' AS table_name, 'identity' AS column_name, 'cut' AS problem, 'identity' AS kind,
       i.employee_id || ' > ' || m.employee_id AS key, CAST(NULL AS VARCHAR) AS source, COUNT(*) AS occurrences
FROM cut_manager_links c JOIN identities i ON i.uid = c.uid JOIN identities m ON m.uid = c.parent_uid
GROUP BY i.employee_id, m.employee_id
