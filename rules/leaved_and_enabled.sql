-- title: Accounts that can log on and whose owner has left
-- tags: leavers
SELECT a.uid, a.repository, a.identifier, o.description AS former_owner
FROM accounts a
JOIN ownership o ON o.account_uid = a.uid
WHERE a.is_enabled AND o.ownerless = 'leaved'
