-- What changed for every identity that was there before and is there still.
WITH other_accounts AS (
  SELECT DISTINCT l.uid AS identity_uid
  FROM link_changes l
  WHERE l.kind = 'identity' AND l.related_kind = 'account'
),
other_rights AS (
  SELECT DISTINCT COALESCE(n.identity_uid, b.identity_uid) AS identity_uid
  FROM effective_rights n
  FULL JOIN before_effective_rights b
    ON b.identity_uid = n.identity_uid AND b.permission_uid = n.permission_uid AND COALESCE(b.perimeter, '') = COALESCE(n.perimeter, '')
  WHERE n.identity_uid IS NULL OR b.identity_uid IS NULL
)
SELECT n.uid AS uid,
       CASE WHEN n.organisation_uid IS NOT NULL AND b.organisation_uid IS NOT NULL THEN n.organisation_uid <> b.organisation_uid
            ELSE (n.organisation IS DISTINCT FROM b.organisation) END AS is_organisation_changed,
       CASE WHEN n.job_code IS NULL AND b.job_code IS NULL THEN (n.job_title IS DISTINCT FROM b.job_title)
            ELSE (n.job_code IS DISTINCT FROM b.job_code) END AS is_job_changed,
       (a.identity_uid IS NOT NULL) AS is_account_changed,
       (r.identity_uid IS NOT NULL) AS is_permission_changed
FROM identities n
JOIN before_identities b ON b.uid = n.uid
LEFT JOIN other_accounts a ON a.identity_uid = n.uid
LEFT JOIN other_rights r ON r.identity_uid = n.uid
