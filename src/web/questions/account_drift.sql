-- account_drift.sql: whether the rule that found the owner of an account would still find that person
SELECT d.rule AS rule, d.drift AS drift, f.employee_id AS employee_id, f.full_name AS name, d.first_seen_on AS since
FROM owner_drift d
LEFT JOIN identities f ON f.uid = d.found_uid
WHERE d.account_uid IN ({account})
