-- account_scores.sql: who is in question as the owner of an account by rules that add up, with the arithmetic
SELECT u.key AS employee_id, i.full_name AS name, i.email AS mail, i.organisation AS organisation, s.status AS status,
       c.outcome AS outcome, c.score AS score, c.arithmetic AS arithmetic
FROM owner_scores c
JOIN uids u ON u.kind = 'identity' AND u.uid = c.identity_uid
LEFT JOIN identities i ON i.uid = c.identity_uid
LEFT JOIN identity_status s ON s.uid = c.identity_uid
WHERE c.account_uid IN ({account})
