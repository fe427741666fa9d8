-- Accounts that identities gained or lost.
WITH owned AS (
  SELECT o.account_uid AS account_uid, o.identity_uid AS identity_uid
  FROM ownership o
  WHERE o.identity_uid IS NOT NULL
),
owned_before AS (
  SELECT o.account_uid AS before_account, o.identity_uid AS before_identity
  FROM before_ownership o
  WHERE o.identity_uid IS NOT NULL
)
SELECT 'identity' AS kind, COALESCE(n.identity_uid, b.before_identity) AS uid,
       CASE WHEN b.before_account IS NULL THEN 'gained' ELSE 'lost' END AS change,
       'account' AS related_kind, COALESCE(n.account_uid, b.before_account) AS related_uid, CAST(NULL AS VARCHAR) AS detail
FROM owned n
FULL JOIN owned_before b ON b.before_account = n.account_uid AND b.before_identity = n.identity_uid
WHERE n.account_uid IS NULL OR b.before_account IS NULL
