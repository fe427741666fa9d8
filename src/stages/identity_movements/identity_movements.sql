-- What changed for every identity that was there before and is there still.
WITH owned AS (
  SELECT o.account_uid AS account_uid, o.identity_uid AS identity_uid FROM ownership o WHERE o.identity_uid IS NOT NULL
),
owned_before AS (
  SELECT o.account_uid AS before_account, o.identity_uid AS before_identity
  FROM before_ownership o
  WHERE o.identity_uid IS NOT NULL
),
other_accounts AS (
  SELECT DISTINCT COALESCE(n.identity_uid, b.before_identity) AS identity_uid
  FROM owned n
  FULL JOIN owned_before b ON b.before_account = n.account_uid AND b.before_identity = n.identity_uid
  WHERE n.account_uid IS NULL OR b.before_account IS NULL
),
other_rights AS (
  SELECT DISTINCT c.uid AS identity_uid FROM link_changes c WHERE c.kind = 'identity' AND c.related_kind = 'permission'
),
other_managers AS (
  SELECT DISTINCT c.uid AS identity_uid FROM link_changes c WHERE c.kind = 'identity' AND c.related_kind = 'identity'
)
SELECT n.uid AS uid,
       CASE WHEN n.organisation_uid IS NOT NULL AND b.organisation_uid IS NOT NULL THEN n.organisation_uid <> b.organisation_uid
            ELSE (n.organisation IS DISTINCT FROM b.organisation) END AS is_organisation_changed,
       CASE WHEN n.job_code IS NULL AND b.job_code IS NULL THEN (n.job_title IS DISTINCT FROM b.job_title)
            ELSE (n.job_code IS DISTINCT FROM b.job_code) END AS is_job_changed,
       (a.identity_uid IS NOT NULL) AS is_account_changed,
       {is_permission_changed} AS is_permission_changed,
       {is_manager_changed} AS is_manager_changed
FROM identities n
JOIN before_identities b ON b.uid = n.uid
LEFT JOIN other_accounts a ON a.identity_uid = n.uid
LEFT JOIN other_rights r ON r.identity_uid = n.uid
LEFT JOIN other_managers m ON m.identity_uid = n.uid
