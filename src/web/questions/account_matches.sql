-- account_matches.sql: what each rule of reconcile found for an account that nothing else decided
SELECT m.rule_rank AS place, m.rule AS rule, i.employee_id AS employee_id, i.full_name AS name, m.ownerless AS ownerless,
       m.candidates AS candidates, m.is_final AS decides
FROM owner_matches m
LEFT JOIN identities i ON i.uid = m.identity_uid
WHERE m.account_uid IN ({account})
