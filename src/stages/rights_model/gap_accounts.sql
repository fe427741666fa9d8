-- The accounts that gaps are about: who brings what is held without reason, and where what is missing could be held
WITH concerned AS (SELECT DISTINCT identity_uid FROM entitlement_gaps),
owned AS (
  SELECT o.account_uid, o.identity_uid FROM ownership o JOIN concerned c ON c.identity_uid = o.identity_uid
),
excess AS (SELECT identity_uid, permission_uid, gap, perimeter FROM entitlement_gaps WHERE gap = 'over'),
-- Each person with what could bring the excess, before rights are looked at.
bringing AS (
  SELECT DISTINCT e.identity_uid, e.permission_uid, c.permission_uid AS held_uid
  FROM excess e JOIN permission_closure c ON c.included_uid = e.permission_uid
),
by_account AS (
  SELECT b.identity_uid, b.permission_uid, o.account_uid, CAST(NULL AS BIGINT) AS group_uid, b.held_uid, r.perimeter
  FROM bringing b
  JOIN owned o ON o.identity_uid = b.identity_uid
  JOIN rights r ON r.account_uid = o.account_uid AND r.permission_uid = b.held_uid
),
granting AS (
  SELECT DISTINCT r.group_uid, r.permission_uid AS held_uid, r.perimeter FROM rights r
  WHERE r.group_uid IS NOT NULL AND r.permission_uid IN (SELECT held_uid FROM bringing)
),
inside AS (
  SELECT DISTINCT o.identity_uid, o.account_uid, c.ancestor_uid AS group_uid
  FROM owned o
  JOIN memberships m ON m.account_uid = o.account_uid
  JOIN group_closure c ON c.group_uid = m.group_uid
),
by_group AS (
  SELECT b.identity_uid, b.permission_uid, i.account_uid, i.group_uid, b.held_uid, g.perimeter
  FROM inside i
  JOIN granting g ON g.group_uid = i.group_uid
  JOIN bringing b ON b.identity_uid = i.identity_uid AND b.held_uid = g.held_uid
),
ways AS (
  SELECT * FROM by_account
  UNION ALL
  SELECT * FROM by_group
),
-- Where something of an application is held.
at_hand AS (
  SELECT DISTINCT o.identity_uid, o.account_uid, p.application
  FROM owned o JOIN rights r ON r.account_uid = o.account_uid JOIN permissions p ON p.uid = r.permission_uid
  UNION
  SELECT i.identity_uid, i.account_uid, p.application
  FROM inside i JOIN rights r ON r.group_uid = i.group_uid JOIN permissions p ON p.uid = r.permission_uid
),
missing AS (
  SELECT g.identity_uid, g.permission_uid, g.gap, g.perimeter, p.application
  FROM entitlement_gaps g JOIN permissions p ON p.uid = g.permission_uid WHERE g.gap = 'under'
)
SELECT DISTINCT e.identity_uid, e.permission_uid, e.gap, e.perimeter, w.account_uid, w.group_uid, w.held_uid, w.perimeter AS held_perimeter
FROM excess e JOIN ways w ON w.identity_uid = e.identity_uid AND w.permission_uid = e.permission_uid
WHERE {same_place}
UNION ALL
SELECT m.identity_uid, m.permission_uid, m.gap, m.perimeter, h.account_uid, CAST(NULL AS BIGINT) AS group_uid,
       CAST(NULL AS BIGINT) AS held_uid, CAST(NULL AS VARCHAR) AS held_perimeter
FROM missing m LEFT JOIN at_hand h ON h.identity_uid = m.identity_uid AND h.application = m.application
