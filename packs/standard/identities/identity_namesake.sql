-- title: Active people with the same name in one unit
-- subject: identity
-- risk: 1
-- tags: identities, quality
-- why: One of them may be listed twice, and accounts found by name may go to the wrong one.
-- mitigation: See whether they are one person; tell them apart by a middle name or a number.
-- needs: identities.organisation
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: one unit, one name
-- given identities | uid | full_name_norm | organisation_uid
--                  | 1   | ann berg       | 5
--                  | 2   | ann berg       | 5
--                  | 3   | ann berg       | 6
--                  | 4   | bob holm       | 5
-- given identity_status | uid | status
--                       | 1   | active
--                       | 2   | active
--                       | 3   | active
--                       | 4   | active
-- expect | uid
--        | 1
--        | 2
WITH people AS (
  SELECT i.uid, i.full_name_norm, i.organisation_uid
  FROM identities i JOIN identity_status s ON s.uid = i.uid AND s.status = 'active'
  WHERE i.full_name_norm IS NOT NULL AND i.organisation_uid IS NOT NULL
),
several AS (
  SELECT p.full_name_norm, p.organisation_uid FROM people p
  GROUP BY p.full_name_norm, p.organisation_uid HAVING COUNT(*) > 1
)
SELECT p.uid
FROM people p JOIN several s ON s.full_name_norm = p.full_name_norm AND s.organisation_uid = p.organisation_uid
