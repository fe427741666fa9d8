SELECT {kind} AS kind, o.uid, {domain} AS domain, {resolver} AS resolver, a.named_uid AS identity_uid,
       CASE WHEN o.self_uid = a.named_uid THEN 'self' WHEN i.uid IS NULL THEN 'absent' ELSE 'inactive' END AS problem,
       f.resolver AS next_resolver, f.identity_uid AS next_uid
FROM objects o JOIN ({answers}) a ON a.uid = o.uid
LEFT JOIN eligible e ON e.uid = a.named_uid
LEFT JOIN identities i ON i.uid = a.named_uid
LEFT JOIN (SELECT p.uid, MIN(p.resolver) AS resolver, MIN(p.identity_uid) AS identity_uid FROM {found} p WHERE p.kind = {kind} AND COALESCE(p.domain, '') = COALESCE({domain}, '') GROUP BY p.uid) f ON f.uid = o.uid
WHERE e.uid IS NULL OR o.self_uid = a.named_uid
