-- Each cycle once, with the keys of its members in the order of their uids; of a long one the first twenty
WITH members AS (
  SELECT c.table_name, 'parent' AS column_name, 'group' AS kind, c.cycle_uid, c.uid, g.code AS member_key
  FROM cycle_members c JOIN groups g ON g.uid = c.uid WHERE c.table_name = 'group_nesting'
  UNION ALL
  SELECT c.table_name, 'parent' AS column_name, 'organisation' AS kind, c.cycle_uid, c.uid, o.code AS member_key
  FROM cycle_members c JOIN organisations o ON o.uid = c.uid WHERE c.table_name = 'organisations'
  UNION ALL
  SELECT c.table_name, 'included' AS column_name, 'permission' AS kind, c.cycle_uid, c.uid, p.code AS member_key
  FROM cycle_members c JOIN permissions p ON p.uid = c.uid WHERE c.table_name = 'permission_links'
  UNION ALL
  SELECT c.table_name, 'manager' AS column_name, 'identity' AS kind, c.cycle_uid, c.uid, i.employee_id AS member_key
  FROM cycle_members c JOIN identities i ON i.uid = c.uid WHERE c.table_name = 'identities'
),
placed AS (
  SELECT m.*, ROW_NUMBER() OVER (PARTITION BY table_name, cycle_uid ORDER BY uid NULLS FIRST) AS place FROM members m
),
shown AS (
  SELECT table_name, column_name, kind, cycle_uid, uid, CASE WHEN place <= 20 THEN member_key WHEN place = 21 THEN '..' END AS shown_key
  FROM placed
)
SELECT table_name, column_name, 'cycle' AS problem, kind, STRING_AGG(shown_key, ' > ' ORDER BY uid NULLS FIRST) AS key,
       CAST(NULL AS VARCHAR) AS source, CAST(COUNT(*) AS BIGINT) AS occurrences
FROM shown GROUP BY table_name, column_name, kind, cycle_uid
