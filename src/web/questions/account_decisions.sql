-- account_decisions.sql: what people had decided about an account when the timeslot was loaded
SELECT d.decision AS decision, d.value AS value, d.reason AS reason, d.who AS who, d.decided_on AS decided_on,
       d.problem AS problem, d.line AS line
FROM decisions d
WHERE d.repository = {repository} AND d.identifier = {identifier}
