-- title: Active people without an account
-- tags: identity

SELECT s.uid
FROM identity_status s
LEFT JOIN (SELECT DISTINCT identity_uid FROM ownership) o ON o.identity_uid = s.uid
WHERE s.status = 'active' AND o.identity_uid IS NULL
