-- title: Units without people, below them either
-- subject: organisation
-- risk: 1
-- tags: quality
-- why: What refers to them refers to nobody.
-- mitigation: Take the unit out, or correct where people belong.
-- needs: identities.organisation
-- iso27001: 5.9
-- nist80053: PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- test: people further below count
-- given organisations | uid
--                     | 1
--                     | 2
--                     | 3
-- given organisation_closure | organisation_uid | ancestor_uid | depth
--                            | 1                | 1            | 0
--                            | 2                | 2            | 0
--                            | 2                | 1            | 1
--                            | 3                | 3            | 0
-- given identities | uid | organisation_uid
--                  | 7   | 2
-- expect | uid
--        | 3
WITH peopled AS (
  SELECT DISTINCT c.ancestor_uid AS uid
  FROM identities i JOIN organisation_closure c ON c.organisation_uid = i.organisation_uid
)
SELECT o.uid
FROM organisations o
WHERE NOT EXISTS (SELECT 1 FROM peopled p WHERE p.uid = o.uid)
