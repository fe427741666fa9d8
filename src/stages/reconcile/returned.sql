-- Who left, is listed again, and is in question for the accounts that were left behind.
SELECT 'returned' AS rule, o.account_uid AS account_uid, o.former_uid AS identity_uid, o.description AS compared
FROM carried_ownership o
JOIN identities i ON i.uid = o.former_uid
LEFT JOIN forbidden_owners x ON x.account_uid = o.account_uid AND x.identity_uid = o.former_uid
WHERE o.rule = 'leaved' AND x.account_uid IS NULL
