-- The people whom units of both loads gained or lost: who came, who went, who belongs elsewhere now
WITH moved AS (
  SELECT COALESCE(n.uid, b.uid) AS identity_uid, n.organisation_uid AS gained_uid, b.organisation_uid AS lost_uid, {cause} AS cause
  FROM identities n FULL JOIN before_identities b ON b.uid = n.uid
  WHERE (n.organisation_uid IS DISTINCT FROM b.organisation_uid)
)
SELECT 'organisation' AS kind, m.gained_uid AS uid, 'gained' AS change, 'identity' AS related_kind, m.identity_uid AS related_uid,
       CAST(NULL AS VARCHAR) AS detail, 'identities' AS table_name, m.cause
FROM moved m JOIN organisations o ON o.uid = m.gained_uid JOIN before_organisations p ON p.uid = m.gained_uid
UNION ALL
SELECT 'organisation' AS kind, m.lost_uid AS uid, 'lost' AS change, 'identity' AS related_kind, m.identity_uid AS related_uid,
       CAST(NULL AS VARCHAR) AS detail, 'identities' AS table_name, m.cause
FROM moved m JOIN organisations o ON o.uid = m.lost_uid JOIN before_organisations p ON p.uid = m.lost_uid
