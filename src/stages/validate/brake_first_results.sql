-- On a first load nobody can have left; but where many are listed and none is active, a predicate or a word is wrong.
SELECT m.threshold AS threshold, m.by_column AS by_column, m.by_value AS by_value, 'min' AS side,
       CASE WHEN m.out_of >= {at_least} AND m.value = 0 THEN 'hold' ELSE 'ok' END AS severity,
       m.before_value AS before_value, m.value AS value, '1 person' AS limit_text,
       CAST(CAST(m.value AS BIGINT) AS VARCHAR) || ' of ' || CAST(CAST(m.out_of AS BIGINT) AS VARCHAR) || ' listed people are active' AS sentence
FROM metrics m
WHERE m.threshold = 'guard_leavers'
