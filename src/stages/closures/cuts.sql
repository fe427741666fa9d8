-- Each link that was cut, by the keys of its ends
SELECT c.table_name, 'parent' AS column_name, 'cut' AS problem, 'group' AS kind, g.code || ' > ' || p.code AS key,
       CAST(NULL AS VARCHAR) AS source, CAST(1 AS BIGINT) AS occurrences
FROM cut_links c JOIN groups g ON g.uid = c.uid JOIN groups p ON p.uid = c.parent_uid WHERE c.table_name = 'group_nesting'
UNION ALL
SELECT c.table_name, 'parent' AS column_name, 'cut' AS problem, 'organisation' AS kind, o.code || ' > ' || p.code AS key,
       CAST(NULL AS VARCHAR) AS source, CAST(1 AS BIGINT) AS occurrences
FROM cut_links c JOIN organisations o ON o.uid = c.uid JOIN organisations p ON p.uid = c.parent_uid WHERE c.table_name = 'organisations'
UNION ALL
SELECT c.table_name, 'included' AS column_name, 'cut' AS problem, 'permission' AS kind, r.code || ' > ' || p.code AS key,
       CAST(NULL AS VARCHAR) AS source, CAST(1 AS BIGINT) AS occurrences
FROM cut_links c JOIN permissions r ON r.uid = c.uid JOIN permissions p ON p.uid = c.parent_uid WHERE c.table_name = 'permission_links'
