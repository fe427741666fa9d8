-- title: Active employees without a manager
-- subject: identity
-- risk: 1
-- tags: identities, ownership
-- why: Nobody is asked what they need, and nobody says when they leave.
-- mitigation: Enter the manager, or the head of the unit.
-- needs: managers, identities.contract
-- iso27001: 5.2, 5.18
-- nist80053: AC-2
-- sox: access review
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter external texts = 'EXTERNAL,CONTRACTOR,External,Contractor,external,contractor'
-- test: by contract
-- given identities | uid | contract
--                  | 1   | PERMANENT
--                  | 2   | PERMANENT
--                  | 3   | EXTERNAL
--                  | 4   | PERMANENT
-- given identity_status | uid | status
--                       | 1   | active
--                       | 2   | active
--                       | 3   | active
--                       | 4   | inactive
-- given managers | kind     | uid | identity_uid
--                | identity | 2   | 9
--                | account  | 1   | 9
-- expect | uid
--        | 1
SELECT i.uid
FROM identities i JOIN identity_status s ON s.uid = i.uid AND s.status = 'active'
WHERE (i.contract IS NULL OR i.contract NOT IN ({external}))
  AND NOT EXISTS (SELECT 1 FROM managers m WHERE m.kind = 'identity' AND m.uid = i.uid)
