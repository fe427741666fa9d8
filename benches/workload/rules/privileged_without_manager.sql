-- title: Privileged accounts that can log on and whose owner is absent or has no manager
-- tags: account

SELECT a.uid
FROM accounts a
LEFT JOIN ownership o ON o.account_uid = a.uid
LEFT JOIN found_managers m ON m.kind = 'identity' AND m.uid = o.identity_uid
WHERE a.is_privileged AND a.is_enabled AND m.uid IS NULL
