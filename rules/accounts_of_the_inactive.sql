-- title: Accounts that can log on and whose owner is not active
-- tags: leavers
SELECT a.uid, a.repository, a.identifier, i.employee_id, s.reason
FROM accounts a
JOIN ownership o ON o.account_uid = a.uid
JOIN identities i ON i.uid = o.identity_uid
JOIN identity_status s ON s.uid = i.uid
WHERE a.is_enabled AND s.status <> 'active'
