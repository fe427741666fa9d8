-- Accounts that identities gained or lost, and the owners that accounts did.
WITH owned AS (
  SELECT o.account_uid AS account_uid, o.identity_uid AS identity_uid
  FROM ownership o
  WHERE o.identity_uid IS NOT NULL
),
owned_before AS (
  SELECT o.account_uid AS before_account, o.identity_uid AS before_identity
  FROM before_ownership o
  WHERE o.identity_uid IS NOT NULL
),
moved AS (
  SELECT COALESCE(n.identity_uid, b.before_identity) AS identity_uid, COALESCE(n.account_uid, b.before_account) AS account_uid,
         CASE WHEN b.before_account IS NULL THEN 'gained' ELSE 'lost' END AS change
  FROM owned n
  FULL JOIN owned_before b ON b.before_account = n.account_uid AND b.before_identity = n.identity_uid
  WHERE n.account_uid IS NULL OR b.before_account IS NULL
)
SELECT 'identity' AS kind, m.identity_uid AS uid, m.change, 'account' AS related_kind, m.account_uid AS related_uid,
       CAST(NULL AS VARCHAR) AS detail, 'ownership' AS table_name, {cause} AS cause
FROM moved m
UNION ALL
SELECT 'account' AS kind, m.account_uid AS uid, m.change, 'identity' AS related_kind, m.identity_uid AS related_uid,
       CAST(NULL AS VARCHAR) AS detail, 'ownership' AS table_name, {cause} AS cause
FROM moved m
