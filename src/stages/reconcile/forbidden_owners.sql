-- Who may never own what: people decided so, whether the identity is listed now or was before.
SELECT a.uid AS account_uid, i.uid AS identity_uid
FROM decisions d
JOIN accounts a ON a.repository = d.repository AND a.identifier = d.identifier
JOIN identities i ON i.employee_id = d.value
WHERE d.problem IS NULL AND d.decision = 'forbid'
UNION
SELECT a.uid AS account_uid, f.uid AS identity_uid
FROM decisions d
JOIN accounts a ON a.repository = d.repository AND a.identifier = d.identifier
JOIN before_identities f ON f.employee_id = d.value
WHERE d.problem IS NULL AND d.decision = 'forbid'
