-- Controls that this load does not evaluate: what is said of findings is what the parent said of them
SELECT 'controls_not_evaluated' AS threshold, CAST(NULL AS VARCHAR) AS by_column, CAST(NULL AS VARCHAR) AS by_value,
       'max' AS side, 'warn' AS severity, CAST(NULL AS DOUBLE) AS before_value, CAST(COUNT(*) AS DOUBLE) AS value,
       '0' AS limit_text,
       CAST(COUNT(*) AS VARCHAR) || ' controls are not evaluated, because source `' || s.source || '` is ' || s.state || ': '
         || STRING_AGG('`' || s.control || '`', ', ' ORDER BY s.control NULLS LAST)
         || '; their findings are those of the parent' AS sentence
FROM skipped_controls s GROUP BY s.source, s.state
