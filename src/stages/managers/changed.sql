-- Managers that people who were listed before gained or lost
-- The two sides share no column name: engines have mixed such columns up.
WITH now_managers AS (SELECT uid, domain, identity_uid FROM managers WHERE kind = 'identity'),
former_managers AS (
  SELECT uid AS former_uid, domain AS former_domain, identity_uid AS former_identity_uid FROM before_managers WHERE kind = 'identity'
),
moved AS (
  SELECT COALESCE(n.uid, b.former_uid) AS uid, COALESCE(n.domain, b.former_domain, 'manager') AS detail,
         n.identity_uid AS gained_uid, b.former_identity_uid AS lost_uid
  FROM now_managers n FULL JOIN former_managers b ON b.former_uid = n.uid AND COALESCE(b.former_domain, '') = COALESCE(n.domain, '')
  WHERE (n.identity_uid IS DISTINCT FROM b.former_identity_uid)
),
moved_here AS (
  SELECT m.* FROM moved m JOIN identities i ON i.uid = m.uid JOIN before_identities p ON p.uid = m.uid
)
SELECT 'identity' AS kind, uid, 'gained' AS change, 'identity' AS related_kind, gained_uid AS related_uid, detail
FROM moved_here WHERE gained_uid IS NOT NULL
UNION ALL
SELECT 'identity' AS kind, uid, 'lost' AS change, 'identity' AS related_kind, lost_uid AS related_uid, detail
FROM moved_here WHERE lost_uid IS NOT NULL
