-- owners.sql: how many accounts each rule gave an owner, or a reason why there is none
SELECT o.rule, COALESCE(o.ownerless, 'owned') AS owner, COUNT(*) AS accounts,
       CAST(SUM(CASE WHEN o.decided_on = DATE '{as_of}' THEN 1 ELSE 0 END) AS BIGINT) AS decided_in_this_load
FROM ownership o
GROUP BY o.rule, COALESCE(o.ownerless, 'owned')
