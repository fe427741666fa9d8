-- Managers that objects which were there before gained or lost
-- The two sides share no column name: engines have mixed such columns up.
WITH former_managers AS (
  SELECT DISTINCT kind AS former_kind, uid AS former_uid, domain AS former_domain, identity_uid AS former_identity_uid FROM before_managers
),
present_managers AS (
  SELECT DISTINCT kind, uid, domain, identity_uid FROM managers
),
moved AS (
  SELECT COALESCE(n.kind, b.former_kind) AS kind, COALESCE(n.uid, b.former_uid) AS uid,
         CASE WHEN n.kind IS NULL THEN COALESCE(b.former_domain, 'manager') ELSE COALESCE(n.domain, 'manager') END AS detail,
         n.identity_uid AS gained_uid, b.former_identity_uid AS lost_uid
  FROM present_managers n
  FULL JOIN former_managers b
    ON b.former_kind = n.kind AND b.former_uid = n.uid AND COALESCE(b.former_domain, '') = COALESCE(n.domain, '')
       AND b.former_identity_uid = n.identity_uid
  WHERE n.kind IS NULL OR b.former_kind IS NULL
),
moved_here AS (
{moved_here}
)
SELECT kind, uid, 'gained' AS change, 'identity' AS related_kind, gained_uid AS related_uid, detail, 'managers' AS table_name, {cause} AS cause
FROM moved_here WHERE gained_uid IS NOT NULL
UNION ALL
SELECT kind, uid, 'lost' AS change, 'identity' AS related_kind, lost_uid AS related_uid, detail, 'managers' AS table_name, {cause} AS cause
FROM moved_here WHERE lost_uid IS NOT NULL
