-- identity_rights.sql: what a person holds and should hold, with what the rights model says of it
WITH meant AS (
  SELECT t.permission_uid AS permission_uid, MIN(t.rule) AS rule, COUNT(DISTINCT t.rule) AS rules
  FROM theoretical_rights t WHERE t.identity_uid IN ({person}) GROUP BY t.permission_uid
), gaps AS (
  SELECT g.permission_uid AS permission_uid, g.gap AS gap, g.first_seen_on AS first_seen_on, g.excused_until_on AS excused_until_on
  FROM entitlement_gaps g WHERE g.identity_uid IN ({person})
), held AS (
  SELECT e.permission_uid AS permission_uid, e.perimeter AS perimeter, TRUE AS is_held, e.is_direct AS is_direct,
         e.is_through_group AS is_through_group, e.is_through_role AS is_through_role
  FROM effective_rights e WHERE e.identity_uid IN ({person})
  UNION ALL
  SELECT g.permission_uid AS permission_uid, CAST(NULL AS VARCHAR) AS perimeter, FALSE AS is_held, FALSE AS is_direct,
         FALSE AS is_through_group, FALSE AS is_through_role
  FROM gaps g WHERE g.gap = 'under'
)
SELECT u.namespace AS application, u.key AS permission, p.name AS name, h.perimeter AS perimeter, CASE WHEN h.is_held THEN TRIM(CASE WHEN h.is_direct THEN 'direct ' ELSE '' END || CASE WHEN h.is_through_group THEN 'group ' ELSE '' END
                                || CASE WHEN h.is_through_role THEN 'role' ELSE '' END)
            ELSE 'not held' END AS held,
       CASE WHEN m.rules > 1 THEN m.rule || ' and ' || CAST(m.rules - 1 AS VARCHAR) || ' more' ELSE m.rule END AS should_by,
       g.gap AS gap, g.first_seen_on AS gap_since, g.excused_until_on AS excused_until
FROM held h
JOIN uids u ON u.kind = 'permission' AND u.uid = h.permission_uid
LEFT JOIN permissions p ON p.uid = h.permission_uid
LEFT JOIN meant m ON m.permission_uid = h.permission_uid
LEFT JOIN gaps g ON g.permission_uid = h.permission_uid
