-- held_by_ways.sql: by which accounts, groups and roles each right is held. A group that lies in another one is told with it
WITH ways AS (
  SELECT r.account_uid AS account_uid, CAST(NULL AS BIGINT) AS group_uid, CAST(NULL AS BIGINT) AS holder_uid,
         r.permission_uid AS permission_uid, r.perimeter AS perimeter
  FROM rights r
  WHERE r.account_uid IN ({accounts})
  UNION ALL
  SELECT s.account_uid AS account_uid, s.group_uid AS group_uid, c.ancestor_uid AS holder_uid,
         r.permission_uid AS permission_uid, r.perimeter AS perimeter
  FROM memberships s
  JOIN group_closure c ON c.group_uid = s.group_uid
  JOIN rights r ON r.group_uid = c.ancestor_uid
  WHERE s.account_uid IN ({accounts})
)
SELECT DISTINCT p.namespace AS application, p.key AS permission, w.perimeter AS perimeter,
       a.repository AS repository, a.identifier AS account, g.key AS member_of,
       CASE WHEN w.holder_uid <> w.group_uid THEN h.namespace || '/' || h.key END AS inside_of,
       CASE WHEN i.depth > 0 THEN r.key END AS by_role
FROM ways w
JOIN permission_closure i ON i.permission_uid = w.permission_uid
JOIN uids p ON p.kind = 'permission' AND p.uid = i.included_uid
JOIN uids r ON r.kind = 'permission' AND r.uid = w.permission_uid
JOIN accounts a ON a.uid = w.account_uid AND a.uid IN ({accounts})
LEFT JOIN uids g ON g.kind = 'group' AND g.uid = w.group_uid
LEFT JOIN uids h ON h.kind = 'group' AND h.uid = w.holder_uid
