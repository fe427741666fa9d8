-- What people said about managers, row by row: of whom, and whether it holds on this day
WITH objects_there AS (
{objects_there}
),
named AS (
  SELECT v.kind, o.uid, v.namespace, v.key, v.domain, v.action, m.uid AS identity_uid, v.manager, v.valid_from, v.valid_until,
         v.reason, v.who, v.line, v.problem, t.uid AS there_uid, s.status
  FROM manager_overlay v
  LEFT JOIN uids o ON o.kind = v.kind AND o.namespace = COALESCE(v.namespace, '') AND o.key = v.key
  LEFT JOIN uids m ON m.kind = 'identity' AND m.namespace = '' AND m.key = v.manager
  LEFT JOIN objects_there t ON t.kind = v.kind AND t.uid = o.uid
  LEFT JOIN identity_status s ON s.uid = m.uid
)
SELECT n.kind, n.uid, n.domain, n.action, n.identity_uid, n.valid_from, n.valid_until, n.reason, n.who,
       CASE WHEN n.problem IS NOT NULL THEN n.problem
            WHEN n.valid_until < {as_of} THEN 'expired'
            WHEN n.valid_from > {as_of} THEN 'not yet valid'
            WHEN n.there_uid IS NULL THEN 'this load has no such object'
            WHEN n.identity_uid IS NULL THEN 'nobody has the key of the manager'
            WHEN n.action = 'remove' THEN NULL
            WHEN n.status IS NULL THEN 'the manager is not listed'
            WHEN n.status <> 'active' AND NOT ({may_be_inactive}) THEN 'the manager is not active'
            WHEN n.kind = 'identity' AND n.uid = n.identity_uid AND NOT ({may_be_oneself}) THEN 'nobody manages themselves'
       END AS problem,
       n.namespace, n.key, n.manager, n.line
FROM named n
