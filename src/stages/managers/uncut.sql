-- The managers of people, but those that would close a circle
SELECT f.kind, f.uid, f.domain, f.identity_uid, f.resolver, f.distance, f.delegator_uid, f.reason
FROM found_managers f
LEFT JOIN cut_manager_links c ON c.domain = COALESCE(f.domain, '') AND c.uid = f.uid AND c.parent_uid = f.identity_uid
WHERE c.uid IS NULL
