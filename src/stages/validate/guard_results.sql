-- What the guards conclude. Rows gone: 10 % and 5 rows, or more than 500. Rows new: 30 % and 20 rows; all rows of a
-- source without any before are. A table that had rows and has none. Owners lost: more than 5 %. A hair less of a share
-- will do: 7 is 10 % of 70, whatever the rounding of binary fractions says.
WITH top_names AS (
{contributors}
){samples},
measured AS (
  SELECT m.threshold, m.by_column, m.by_value, m.before_value, m.value,
         CASE WHEN m.threshold = 'guard_owners_lost' THEN 'owners' WHEN m.threshold LIKE 'guard_removed_%' THEN 'removed'
              WHEN m.threshold LIKE 'guard_added_%' THEN 'added' ELSE 'empty' END AS what,
         REPLACE(REPLACE(REPLACE(m.threshold, 'guard_removed_', ''), 'guard_added_', ''), 'guard_empty_', '') AS table_name,
         ABS(m.value - m.before_value) AS moved,
         COALESCE('; most of them by ' || t.belongs_column || ': ' || t.named, '') AS most, {named} AS named
  FROM metrics m
  LEFT JOIN top_names t ON t.threshold = m.threshold AND COALESCE(t.by_value, '') = COALESCE(m.by_value, '')
  {joined}
  WHERE m.threshold IN ({guards})
),
judged AS (
  SELECT m.threshold, m.by_column, m.by_value, m.before_value, m.value, m.what, m.table_name, m.moved, m.most, m.named,
         a.value - a.before_value AS added,
         CASE m.what WHEN 'removed' THEN (m.moved >= 5 AND m.moved + 0.000000001 * m.before_value >= 0.1 * m.before_value)
              WHEN 'added' THEN (m.moved >= 20 AND m.moved + 0.000000001 * m.before_value >= 0.3 * m.before_value)
              WHEN 'owners' THEN m.moved > 0.05 * m.before_value + 0.000000001 * m.before_value
              ELSE m.before_value > 0 AND m.value = 0 END AS is_share,
         (m.what = 'removed' AND m.moved > 500) AS is_bulk
  FROM measured m
  LEFT JOIN metrics a ON m.what = 'removed' AND a.threshold = 'guard_added_' || m.table_name AND a.by_value = m.by_value
),
worded AS (
  SELECT j.threshold, j.by_column, j.by_value, j.before_value, j.value, j.what, j.table_name, j.is_share, j.is_bulk,
         CASE WHEN j.is_share OR j.is_bulk THEN j.most || COALESCE('; such as ' || j.named, '') ELSE '' END AS most,
         CASE WHEN j.is_bulk AND NOT j.is_share THEN '500 rows'
              WHEN j.what = 'removed' THEN '10 %' WHEN j.what = 'added' THEN '30 %' WHEN j.what = 'owners' THEN '5 %' ELSE '1 row' END AS limit_text,
         {moved} AS moved_text, {before} AS before_text, {now} AS now_text, {there_now} AS there_now_text,
         CASE WHEN j.before_value > 0 THEN {percent} || ' %' END AS percent_text
  FROM judged j
)
SELECT w.threshold, w.by_column, w.by_value,
       CASE w.what WHEN 'added' THEN 'rise' WHEN 'empty' THEN 'min' ELSE 'drop' END AS side,
       CASE WHEN w.is_share OR w.is_bulk THEN 'hold' ELSE 'ok' END AS severity,
       w.before_value, w.value, w.limit_text,
       CASE w.what
         WHEN 'removed' THEN w.moved_text || ' of ' || w.before_text || ' rows of `' || w.table_name || '` from source `' || w.by_value || '` are gone ('
              || w.percent_text || ', the limit is ' || w.limit_text || '), ' || w.there_now_text || ' are there now' || w.most
         WHEN 'added' THEN w.moved_text || ' rows of `' || w.table_name || '` from source `' || w.by_value || '` are new, where ' || w.before_text || ' were before'
              || COALESCE(' (' || w.percent_text || ', the limit is ' || w.limit_text || ')', '') || w.most
         WHEN 'owners' THEN w.moved_text || ' of ' || w.before_text || ' accounts that had an owner are still there and have none'
              || COALESCE(' (' || w.percent_text || ', the limit is ' || w.limit_text || ')', '') || w.most
         ELSE '`' || w.table_name || '` has ' || w.now_text || ' rows, it had ' || w.before_text || w.most
       END AS sentence
FROM worded w
