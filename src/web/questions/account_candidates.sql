-- account_candidates.sql: who is in question as the owner of an account, and by which text
SELECT u.key AS employee_id, i.full_name AS name, i.email AS mail, i.organisation AS organisation, s.status AS status,
       c.rule AS rule, c.compared AS compared
FROM owner_candidates c
JOIN uids u ON u.kind = 'identity' AND u.uid = c.identity_uid
LEFT JOIN identities i ON i.uid = c.identity_uid
LEFT JOIN identity_status s ON s.uid = c.identity_uid
WHERE c.account_uid IN ({account})
