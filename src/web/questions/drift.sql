-- drift.sql: owners whom the rule that found them would not find now
SELECT a.repository AS repository, a.identifier AS identifier, a.display_name AS name, u.key AS owner, i.full_name AS owner_name,
       d.rule AS rule, d.drift AS drift, f.employee_id AS would_find, f.full_name AS would_find_name, d.first_seen_on AS since
FROM owner_drift d
JOIN accounts a ON a.uid = d.account_uid
JOIN uids u ON u.kind = 'identity' AND u.uid = d.identity_uid
LEFT JOIN identities i ON i.uid = d.identity_uid
LEFT JOIN identities f ON f.uid = d.found_uid
