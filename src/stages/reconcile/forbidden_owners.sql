-- Who may never own what: people decided so, whether the identity is listed now or was at any time before.
SELECT DISTINCT a.uid AS account_uid, k.uid AS identity_uid
FROM decisions d
JOIN accounts a ON a.repository = d.repository AND a.identifier = d.identifier
JOIN uids k ON k.kind = 'identity' AND k.key = d.value
WHERE d.problem IS NULL AND d.decision = 'forbid'
