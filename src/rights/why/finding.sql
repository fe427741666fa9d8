-- What controls found of which a right to a permission of a person is a cause
WITH accounts_of AS (SELECT o.account_uid FROM ownership o WHERE o.identity_uid = {person}),
causes AS (
  SELECT DISTINCT c.control, c.kind, c.uid, c.detail FROM finding_causes c
  WHERE c.wanted_uid = {permission}
    AND ((c.kind = 'identity' AND c.uid = {person}) OR (c.kind = 'account' AND c.uid IN (SELECT account_uid FROM accounts_of)))
)
SELECT CAST(NULL AS VARCHAR) AS perimeter,
       'control ' || f.control || COALESCE(': ' || f.detail, '') || ', ' || f.state || ' since ' || CAST(f.opened_on AS VARCHAR) AS how
FROM causes c JOIN findings f ON f.control = c.control AND f.kind = c.kind AND f.uid = c.uid AND COALESCE(f.detail, '') = COALESCE(c.detail, '')
WHERE f.state <> 'fixed'
ORDER BY how NULLS LAST
