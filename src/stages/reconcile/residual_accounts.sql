-- The accounts that rules may decide and none has that decides alone; where one stops at several, it has.
SELECT u.account_uid AS account_uid
FROM undecided_accounts u
WHERE NOT EXISTS (SELECT 1 FROM owner_matches m WHERE m.account_uid = u.account_uid AND m.is_final)
