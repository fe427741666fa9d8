-- title: Accounts that have no owner and no reason for it
-- tags: account

SELECT a.uid
FROM accounts a
LEFT JOIN ownership o ON o.account_uid = a.uid
WHERE o.account_uid IS NULL
