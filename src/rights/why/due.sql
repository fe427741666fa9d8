-- By which rules a person should hold a permission: each grant with what it names that includes it, each collected rule too
WITH meant AS (
  SELECT DISTINCT t.rule, t.perimeter FROM theoretical_rights t
  WHERE t.identity_uid = {person} AND t.permission_uid = {permission}
),
granted AS (
  SELECT m.rule, m.perimeter, p.role, p.named_uid, 'grant' AS source, CAST(NULL AS VARCHAR) AS said
  FROM meant m JOIN rule_permissions p ON p.rule = m.rule AND p.permission_uid = {permission}
),
units AS (
  SELECT c.ancestor_uid FROM identities i JOIN organisation_closure c ON c.organisation_uid = i.organisation_uid
  WHERE i.uid = {person}
),
links AS (
  SELECT COALESCE(l.rule, 'collected') AS rule, l.perimeter, l.permission_uid,
         CASE WHEN o.code IS NULL THEN 'any unit' ELSE 'unit ' || o.code END || CASE WHEN l.job_code IS NULL THEN ', any job' ELSE ', job ' || l.job_code END AS said
  FROM valid_links l
  JOIN permission_closure c ON c.permission_uid = l.permission_uid AND c.included_uid = {permission}
  LEFT JOIN organisations o ON o.uid = l.organisation_uid
  WHERE (l.organisation_uid IS NULL OR l.organisation_uid IN (SELECT ancestor_uid FROM units))
    AND (l.job_code IS NULL OR l.job_code IN (SELECT i.job_code FROM identities i WHERE i.uid = {person}))
),
collected AS (
  SELECT m.rule, m.perimeter, CAST(NULL AS VARCHAR) AS role, l.permission_uid AS named_uid, 'collected' AS source, l.said
  FROM meant m JOIN links l ON (m.rule = l.rule OR m.rule = l.rule || ' (collected)') AND COALESCE(m.perimeter, '') = COALESCE(l.perimeter, '')
  WHERE m.rule NOT IN (SELECT rule FROM rule_permissions)
)
SELECT rule, perimeter, role, named_uid, source, said FROM granted
UNION ALL
SELECT rule, perimeter, role, named_uid, source, said FROM collected
ORDER BY source DESC NULLS LAST, rule NULLS LAST, perimeter NULLS FIRST, role NULLS FIRST, named_uid NULLS LAST, said NULLS FIRST
