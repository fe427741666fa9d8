-- title: How many accounts and permissions everybody has
-- tags: identity

WITH owned AS (
  SELECT o.identity_uid, CAST(COUNT(*) AS BIGINT) AS account_count
  FROM ownership o WHERE o.identity_uid IS NOT NULL
  GROUP BY o.identity_uid
),
held AS (
  SELECT e.identity_uid, CAST(COUNT(*) AS BIGINT) AS permission_count
  FROM effective_rights e
  GROUP BY e.identity_uid
)
SELECT i.uid, COALESCE(o.account_count, 0) AS account_count, COALESCE(h.permission_count, 0) AS permission_count
FROM identities i
LEFT JOIN owned o ON o.identity_uid = i.uid
LEFT JOIN held h ON h.identity_uid = i.uid
