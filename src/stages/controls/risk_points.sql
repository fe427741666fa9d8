-- what each control adds to the risk of an account, a person, a unit and an application
WITH weights (risk, weight) AS (
  VALUES {weights}
),
standing AS (
  SELECT f.control, f.kind, f.uid, f.detail, f.risk, f.exception FROM findings f WHERE f.state <> 'fixed'
),
of_people AS (
  SELECT s.uid AS identity_uid, s.control, s.risk, s.exception FROM standing s WHERE s.kind = 'identity'
  UNION ALL
  SELECT o.identity_uid, s.control, s.risk, s.exception
  FROM standing s JOIN ownership o ON o.account_uid = s.uid
  WHERE s.kind = 'account' AND o.identity_uid IS NOT NULL
),
-- A conflict counts once for each application that a right of it is in.
conflicts AS (
  SELECT DISTINCT s.control, s.kind, s.uid, s.detail, s.risk, s.exception, p.application
  FROM standing s
  JOIN finding_causes c ON c.control = s.control AND c.kind = s.kind AND c.uid = s.uid AND COALESCE(c.detail, '') = COALESCE(s.detail, '')
  JOIN permissions p ON p.uid = c.wanted_uid
),
borne AS (
  SELECT s.kind, s.uid, s.control, s.risk, s.exception FROM standing s WHERE s.kind IN ('account', 'organisation', 'application')
  UNION ALL
  SELECT 'identity' AS kind, o.identity_uid AS uid, o.control, o.risk, o.exception FROM of_people o
  UNION ALL
  SELECT 'organisation' AS kind, i.organisation_uid AS uid, o.control, o.risk, o.exception
  FROM of_people o JOIN identities i ON i.uid = o.identity_uid WHERE i.organisation_uid IS NOT NULL
  UNION ALL
  SELECT 'application' AS kind, u.uid AS uid, s.control, s.risk, s.exception
  FROM standing s JOIN permissions p ON p.uid = s.uid JOIN uids u ON u.kind = 'application' AND u.namespace = '' AND u.key = p.application
  WHERE s.kind = 'permission'
  UNION ALL
  SELECT 'application' AS kind, u.uid AS uid, c.control, c.risk, c.exception
  FROM conflicts c JOIN uids u ON u.kind = 'application' AND u.namespace = '' AND u.key = c.application
),
counted AS (
  SELECT b.kind, b.uid, b.control, b.risk, CAST(COUNT(*) FILTER (WHERE b.exception IS NULL) AS BIGINT) AS findings, CAST(COUNT(b.exception) AS BIGINT) AS excepted
  FROM borne b GROUP BY b.kind, b.uid, b.control, b.risk
)
SELECT c.kind, c.uid, c.control, c.risk, CAST(w.weight AS BIGINT) AS weight, c.findings, CAST(c.findings * w.weight AS BIGINT) AS points,
       c.excepted AS excepted_findings, CAST(c.excepted * w.weight AS BIGINT) AS excepted_points
FROM counted c JOIN weights w ON w.risk = c.risk
