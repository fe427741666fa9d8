-- title: Active people with the same mail address
-- subject: identity
-- risk: 2
-- tags: identities, quality
-- why: What is meant for one goes to the other, resets of passwords too.
-- mitigation: See whether they are one person; give each an address.
-- needs: identities.email
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: case does not count
-- given identities | uid | email_norm
--                  | 1   | a@x
--                  | 2   | a@x
--                  | 3   | b@x
--                  | 4   | a@x
--                  | 5   |
-- given identity_status | uid | status
--                       | 1   | active
--                       | 2   | active
--                       | 3   | active
--                       | 4   | inactive
--                       | 5   | active
-- expect | uid
--        | 1
--        | 2
WITH people AS (
  SELECT i.uid, i.email_norm FROM identities i JOIN identity_status s ON s.uid = i.uid AND s.status = 'active'
  WHERE i.email_norm IS NOT NULL
),
several AS (
  SELECT p.email_norm FROM people p GROUP BY p.email_norm HAVING COUNT(*) > 1
)
SELECT p.uid FROM people p JOIN several s ON s.email_norm = p.email_norm
