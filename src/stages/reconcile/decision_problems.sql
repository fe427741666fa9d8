-- Decisions that cannot be taken, and those that speak of nothing in this load.
SELECT d.line AS line, d.repository AS repository, d.identifier AS identifier, d.decision AS decision, d.value AS value, d.problem AS problem
FROM decisions d
WHERE d.problem IS NOT NULL
UNION ALL
SELECT d.line AS line, d.repository AS repository, d.identifier AS identifier, d.decision AS decision, d.value AS value,
       'no account of this key is in this load' AS problem
FROM decisions d
LEFT JOIN accounts a ON a.repository = d.repository AND a.identifier = d.identifier
WHERE d.problem IS NULL AND a.uid IS NULL
UNION ALL
SELECT d.line AS line, d.repository AS repository, d.identifier AS identifier, d.decision AS decision, d.value AS value,
       'no identity of this employee id is in this load' AS problem
FROM decisions d
LEFT JOIN identities i ON i.employee_id = d.value
WHERE d.problem IS NULL AND d.decision IN ('pin', 'forbid') AND i.uid IS NULL
UNION ALL
SELECT d.line AS line, d.repository AS repository, d.identifier AS identifier, d.decision AS decision, d.value AS value,
       'a break of this account stands above it' AS problem
FROM decisions d
WHERE d.problem IS NULL AND d.decision IN ('pin', 'class')
  AND EXISTS (SELECT 1 FROM decisions k WHERE k.repository = d.repository AND k.identifier = d.identifier AND k.decision = 'break' AND k.problem IS NULL)
