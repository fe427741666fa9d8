-- one limit of a threshold, for every value it is broken down by
WITH {judged}
SELECT j.threshold, j.by_column, j.by_value, {side} AS side, j.severity, j.before_value, j.value, j.limit_text,
       {sentence} AS sentence
FROM judged j
