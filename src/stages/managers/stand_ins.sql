-- Who stands in for a manager: what is said of this very matter goes before what is said of all, the latest first
delegations AS (
  SELECT w.uid AS manager_uid, w.identity_uid AS delegate_uid, w.reason, CASE WHEN w.domain IS NULL THEN 1 ELSE 0 END AS generality,
         w.valid_from
  FROM manager_orders w
  WHERE w.problem IS NULL AND w.action = 'delegate' AND {domain}
),
placed_delegations AS (
  SELECT manager_uid, delegate_uid, reason,
         ROW_NUMBER() OVER (PARTITION BY manager_uid ORDER BY generality NULLS FIRST, valid_from DESC NULLS LAST, delegate_uid NULLS FIRST, reason NULLS FIRST) AS place
  FROM delegations
),
stand_ins AS (SELECT manager_uid, delegate_uid, reason FROM placed_delegations WHERE place = 1)
