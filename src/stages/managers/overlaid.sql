-- Managers whom people named
WITH named AS (
  SELECT w.kind, w.uid, w.domain, w.identity_uid, w.reason, CASE WHEN w.kind = 'identity' THEN w.uid WHEN w.kind = 'account' THEN o.identity_uid END AS self_uid
  FROM manager_orders w LEFT JOIN ownership o ON w.kind = 'account' AND o.account_uid = w.uid
  WHERE w.problem IS NULL AND w.action IN ('set', 'add') AND {kind}
),
delegations AS (
  SELECT w.uid AS manager_uid, COALESCE(w.domain, '') AS delegated_domain, w.domain IS NULL AS is_general, w.identity_uid AS delegate_uid, w.reason AS delegation, w.valid_from
  FROM manager_orders w
  WHERE w.problem IS NULL AND w.action = 'delegate'
),
delegated AS (
  SELECT n.kind, n.uid, n.domain, n.identity_uid, d.delegate_uid, d.delegation, CASE WHEN d.is_general THEN 1 ELSE 0 END AS generality, d.valid_from
  FROM named n JOIN delegations d ON d.manager_uid = n.identity_uid AND (d.is_general OR d.delegated_domain = n.domain)
  WHERE n.self_uid IS NULL OR n.self_uid <> d.delegate_uid
),
placed AS (
  SELECT kind, uid, domain, identity_uid, delegate_uid, delegation,
         ROW_NUMBER() OVER (PARTITION BY kind, uid, domain, identity_uid ORDER BY generality NULLS FIRST, valid_from DESC NULLS LAST, delegate_uid NULLS FIRST, delegation NULLS FIRST) AS place
  FROM delegated
)
SELECT DISTINCT n.kind, n.uid, n.domain, COALESCE(p.delegate_uid, n.identity_uid) AS identity_uid, 'overlay' AS resolver, CAST(NULL AS BIGINT) AS distance,
       CASE WHEN p.delegate_uid IS NOT NULL THEN n.identity_uid END AS delegator_uid, COALESCE(p.delegation, n.reason) AS reason
FROM named n
LEFT JOIN placed p ON p.place = 1 AND p.kind = n.kind AND p.uid = n.uid AND COALESCE(p.domain, '') = COALESCE(n.domain, '') AND p.identity_uid = n.identity_uid
