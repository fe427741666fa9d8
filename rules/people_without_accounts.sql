-- title: Active people without any account
-- tags: hygiene
SELECT i.uid, i.employee_id, i.full_name
FROM identities i
JOIN identity_status s ON s.uid = i.uid AND s.status = 'active'
WHERE NOT EXISTS (SELECT 1 FROM ownership o WHERE o.identity_uid = i.uid)
