-- Who manages what nobody else does
named AS (
  SELECT MIN(i.uid) AS uid FROM identities i JOIN eligible e ON e.uid = i.uid WHERE i.employee_id = {employee_id}
),
fallback AS (
  SELECT o.uid, n.uid AS manager_uid, CAST(NULL AS BIGINT) AS distance
  FROM objects o CROSS JOIN named n
  WHERE o.self_uid IS NULL OR o.self_uid <> n.uid
)
