-- title: Accounts of people who are gone that can still log on
-- tags: account

SELECT a.uid
FROM accounts a
JOIN ownership o ON o.account_uid = a.uid
WHERE a.is_enabled AND o.ownerless = 'leaved'
