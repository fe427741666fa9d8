-- accounts whose owner the rule that found them would not find now
SELECT COUNT(DISTINCT d.account_uid) AS accounts
FROM owner_drift d
