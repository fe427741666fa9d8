-- the accounts of people who are no longer active, or no longer there
SELECT COUNT(*) AS accounts,
       COUNT(CASE WHEN a.is_enabled = FALSE THEN 1 END) AS disabled,
       COUNT(CASE WHEN a.is_enabled = TRUE THEN 1 END) AS enabled,
       COUNT(CASE WHEN a.is_enabled IS NULL THEN 1 END) AS not_told
FROM accounts a
JOIN ownership o ON o.account_uid = a.uid
LEFT JOIN identity_status s ON s.uid = o.identity_uid
WHERE o.ownerless = 'leaved' OR s.status <> 'active'
