-- title: Accounts that can log on and whose owner is not active
-- tags: account

SELECT a.uid
FROM accounts a
JOIN ownership o ON o.account_uid = a.uid
JOIN identity_status s ON s.uid = o.identity_uid
WHERE a.is_enabled AND s.status <> 'active'
