-- The accounts that gaps are about: who brings what is held without reason, and where what is missing could be held.
-- Applications are told by the smallest number of their permissions: whole numbers are joined faster than texts.
WITH concerned AS (SELECT DISTINCT identity_uid FROM entitlement_gaps),
owned AS (
  SELECT o.account_uid, o.identity_uid FROM ownership o JOIN concerned c ON c.identity_uid = o.identity_uid
),
excess AS (SELECT identity_uid, permission_uid, gap, perimeter FROM entitlement_gaps WHERE gap = 'over'),
bringing AS (
  SELECT DISTINCT e.identity_uid, e.permission_uid, c.permission_uid AS held_uid
  FROM excess e JOIN permission_closure c ON c.included_uid = e.permission_uid
),
by_account AS (
  SELECT b.identity_uid, b.permission_uid, o.account_uid, CAST(NULL AS BIGINT) AS group_uid, b.held_uid, r.perimeter
  FROM rights r
  JOIN owned o ON o.account_uid = r.account_uid
  JOIN bringing b ON b.identity_uid = o.identity_uid AND b.held_uid = r.permission_uid
),
granting AS (
  SELECT r.group_uid, r.permission_uid AS held_uid, r.perimeter FROM rights r WHERE r.group_uid IS NOT NULL
),
-- Inner groups with all that outer ones bring, before there are people.
brought AS (
  SELECT c.group_uid, c.ancestor_uid, g.held_uid, g.perimeter FROM granting g JOIN group_closure c ON c.ancestor_uid = g.group_uid
),
by_group AS (
  SELECT DISTINCT b.identity_uid, b.permission_uid, o.account_uid, w.ancestor_uid AS group_uid, b.held_uid, w.perimeter
  FROM memberships m
  JOIN owned o ON o.account_uid = m.account_uid
  JOIN brought w ON w.group_uid = m.group_uid
  JOIN bringing b ON b.identity_uid = o.identity_uid AND b.held_uid = w.held_uid
),
ways AS (
  SELECT * FROM by_account
  UNION ALL
  SELECT * FROM by_group
),
applications_of AS (
  SELECT p.application, MIN(p.uid) AS first_uid FROM permissions p GROUP BY p.application
),
told AS (
  SELECT p.uid, a.first_uid FROM permissions p JOIN applications_of a ON a.application = p.application
),
missing AS (
  SELECT g.identity_uid, g.permission_uid, g.gap, g.perimeter, t.first_uid
  FROM entitlement_gaps g JOIN told t ON t.uid = g.permission_uid WHERE g.gap = 'under'
),
granted_by AS (
  SELECT DISTINCT m.identity_uid, m.permission_uid, COALESCE(m.perimeter, '') AS place, t.rule
  FROM missing m JOIN theoretical_rights t ON t.identity_uid = m.identity_uid AND t.permission_uid = m.permission_uid
  WHERE {due_there}
),
sought AS (
  SELECT DISTINCT m.identity_uid, o.account_uid, m.first_uid FROM missing m JOIN owned o ON o.identity_uid = m.identity_uid
),
at_hand AS (
  SELECT s.identity_uid, s.account_uid, s.first_uid
  FROM rights r JOIN told t ON t.uid = r.permission_uid
  JOIN sought s ON s.account_uid = r.account_uid AND s.first_uid = t.first_uid
  UNION
  SELECT s.identity_uid, s.account_uid, s.first_uid
  FROM memberships m
  JOIN sought s ON s.account_uid = m.account_uid
  JOIN brought w ON w.group_uid = m.group_uid
  JOIN told t ON t.uid = w.held_uid AND t.first_uid = s.first_uid
),
concerned_accounts AS (
  SELECT DISTINCT e.identity_uid, e.permission_uid, e.gap, e.perimeter, w.account_uid, w.group_uid, w.held_uid, w.perimeter AS held_perimeter,
         CAST(NULL AS VARCHAR) AS rule
  FROM excess e JOIN ways w ON w.identity_uid = e.identity_uid AND w.permission_uid = e.permission_uid
  WHERE {same_place}
  UNION ALL
  SELECT m.identity_uid, m.permission_uid, m.gap, m.perimeter, h.account_uid, CAST(NULL AS BIGINT) AS group_uid,
         CAST(NULL AS BIGINT) AS held_uid, CAST(NULL AS VARCHAR) AS held_perimeter, g.rule
  FROM missing m LEFT JOIN at_hand h ON h.identity_uid = m.identity_uid AND h.first_uid = m.first_uid
  LEFT JOIN granted_by g ON g.identity_uid = m.identity_uid AND g.permission_uid = m.permission_uid AND g.place = COALESCE(m.perimeter, '')
),
known AS (
  SELECT b.identity_uid, b.permission_uid, b.gap, COALESCE(b.perimeter, '') AS place, COALESCE(b.account_uid, -1) AS known_uid,
         MIN(b.first_seen_on) AS first_seen_on
  FROM before_gap_accounts b
  GROUP BY b.identity_uid, b.permission_uid, b.gap, COALESCE(b.perimeter, ''), COALESCE(b.account_uid, -1)
)
SELECT a.identity_uid, a.permission_uid, a.gap, a.perimeter, a.account_uid, a.group_uid, a.held_uid, a.held_perimeter, a.rule,
       COALESCE(k.first_seen_on, {as_of}) AS first_seen_on
FROM concerned_accounts a
LEFT JOIN known k ON k.identity_uid = a.identity_uid AND k.permission_uid = a.permission_uid AND k.gap = a.gap
  AND k.place = COALESCE(a.perimeter, '') AND k.known_uid = COALESCE(a.account_uid, -1)
