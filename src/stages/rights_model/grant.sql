-- What a population should hold by one rule: its permissions and all that they include, but for the exceptions
WITH people AS (
  SELECT i.uid{of} FROM identities i WHERE (
{population}
  )
),
active AS (SELECT uid FROM identity_status WHERE status = 'active'),
granted AS (
  SELECT DISTINCT q.uid AS permission_uid
  FROM permissions p JOIN permission_closure c ON c.permission_uid = p.uid JOIN permissions q ON q.uid = c.included_uid
  WHERE ({permissions}) AND NOT ({except}){only}
)
SELECT a.uid AS identity_uid, g.permission_uid, {rule} AS rule, {perimeter} AS perimeter
FROM people p JOIN active a ON a.uid = p.uid CROSS JOIN granted g{places}
