-- What a population should not hold by one exclusion, whoever says they should
SELECT i.uid AS identity_uid, p.uid AS permission_uid, {rule} AS rule
FROM identities i JOIN identity_status s ON s.uid = i.uid AND s.status = 'active' CROSS JOIN permissions p
WHERE ({permissions}) AND (
{population}
)
