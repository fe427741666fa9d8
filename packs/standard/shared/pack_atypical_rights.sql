-- title: Permissions that few people of the same job and unit have
-- needs: identities.job_code, identities.organisation
-- parameter min_people integer = 5
-- parameter share double = 0.1
-- test: one of five colleagues has what nobody else has
-- with share = 0.2
-- given identities | uid | organisation_uid | job_code
--                  | 1   | 3                | BUY
--                  | 2   | 3                | BUY
--                  | 3   | 3                | BUY
--                  | 4   | 3                | BUY
--                  | 5   | 3                | BUY
--                  | 6   | 3                | SELL
-- given identity_status | uid | status
--                       | 1   | active
--                       | 2   | active
--                       | 3   | active
--                       | 4   | active
--                       | 5   | active
--                       | 6   | active
-- given effective_rights | identity_uid | permission_uid | perimeter
--                        | 1            | 8              |
--                        | 1            | 9              | FR
--                        | 1            | 9              | DE
--                        | 2            | 8              |
--                        | 3            | 8              |
--                        | 4            | 8              |
--                        | 6            | 9              |
-- expect | identity_uid | permission_uid | peers | holders
--        | 1            | 9              | 5     | 1
WITH people AS (
  SELECT i.uid, i.organisation_uid, i.job_code
  FROM identities i JOIN identity_status s ON s.uid = i.uid AND s.status = 'active'
  WHERE i.organisation_uid IS NOT NULL AND i.job_code IS NOT NULL
),
peers AS (
  SELECT p.organisation_uid, p.job_code, COUNT(*) AS people FROM people p
  GROUP BY p.organisation_uid, p.job_code HAVING COUNT(*) >= {min_people}
),
held AS (
  SELECT DISTINCT p.uid, p.organisation_uid, p.job_code, r.permission_uid
  FROM people p
  JOIN peers x ON x.organisation_uid = p.organisation_uid AND x.job_code = p.job_code
  JOIN effective_rights r ON r.identity_uid = p.uid
),
counted AS (
  SELECT h.organisation_uid, h.job_code, h.permission_uid, COUNT(*) AS holders FROM held h
  GROUP BY h.organisation_uid, h.job_code, h.permission_uid
)
SELECT h.uid AS identity_uid, h.permission_uid, x.people AS peers, c.holders
FROM counted c
JOIN peers x ON x.organisation_uid = c.organisation_uid AND x.job_code = c.job_code
JOIN held h ON h.organisation_uid = c.organisation_uid AND h.job_code = c.job_code AND h.permission_uid = c.permission_uid
WHERE CAST(c.holders AS DOUBLE) <= {share} * CAST(x.people AS DOUBLE)
