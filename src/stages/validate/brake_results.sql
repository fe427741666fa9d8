-- Whether so many left that somebody has to look. A hair less of a share will do, as for the other guards.
WITH {behind}judged AS (
  SELECT m.threshold, m.before_value, m.value, m.before_value - m.value AS gone,
         (m.before_value - m.value >= {at_least} AND m.before_value - m.value + 0.000000001 * m.before_value >= {share} * m.before_value) AS is_share,
         m.before_value - m.value >= {number} AS is_bulk
  FROM metrics m
  WHERE m.threshold = 'guard_leavers'
)
SELECT j.threshold AS threshold, CAST(NULL AS VARCHAR) AS by_column, CAST(NULL AS VARCHAR) AS by_value, 'drop' AS side,
       CASE WHEN j.is_share OR j.is_bulk THEN 'hold' ELSE 'ok' END AS severity,
       j.before_value AS before_value, j.value AS value,
       CASE WHEN j.is_bulk AND NOT j.is_share THEN {number_text} ELSE {share_text} END AS limit_text,
       {left} || ' of ' || {before} || ' active people are inactive or gone'
         || CASE WHEN j.before_value > 0 THEN ' (' || {percent} || ' %, the limit is ' || CASE WHEN j.is_bulk AND NOT j.is_share THEN {number_text} ELSE {share_text} END || ')' ELSE '' END
         {most} AS sentence
FROM judged j{joins}
