-- What people should hold by collected rules: found once per unit and job, then handed to the people
WITH people AS (
  SELECT i.uid, COALESCE(i.organisation_uid, -1) AS organisation_uid, COALESCE(i.job_code, '') AS job_code
  FROM identities i JOIN identity_status s ON s.uid = i.uid WHERE s.status = 'active'
),
distinct_classes AS (SELECT DISTINCT organisation_uid, job_code FROM people),
classes AS (
  SELECT organisation_uid, job_code, ROW_NUMBER() OVER (ORDER BY organisation_uid NULLS FIRST, job_code NULLS FIRST) AS class
  FROM distinct_classes
),
-- -1 stands for "any unit", and is above everybody.
units AS (
  SELECT class, job_code, CAST(-1 AS BIGINT) AS ancestor_uid FROM classes
  UNION ALL
  SELECT k.class, k.job_code, c.ancestor_uid
  FROM classes k JOIN organisation_closure c ON c.organisation_uid = k.organisation_uid
),
named AS (
  SELECT COALESCE(organisation_uid, -1) AS organisation_uid, job_code, permission_uid, {rule} AS rule, perimeter
  FROM valid_links
),
due AS (
  SELECT u.class, n.rule, n.permission_uid, n.perimeter
  FROM units u JOIN named n ON n.organisation_uid = u.ancestor_uid AND n.job_code = u.job_code
  UNION ALL
  SELECT u.class, n.rule, n.permission_uid, n.perimeter
  FROM units u JOIN named n ON n.organisation_uid = u.ancestor_uid
  WHERE n.job_code IS NULL
),
all_due AS (
  SELECT DISTINCT d.class, d.rule, c.included_uid AS permission_uid, d.perimeter
  FROM due d JOIN permission_closure c ON c.permission_uid = d.permission_uid{only}
),
placed AS (
  SELECT p.uid, k.class
  FROM people p JOIN classes k ON k.organisation_uid = p.organisation_uid AND k.job_code = p.job_code
)
SELECT p.uid AS identity_uid, d.permission_uid, d.rule, d.perimeter
FROM placed p JOIN all_due d ON d.class = p.class
