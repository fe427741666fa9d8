-- title: Employees whose stated manager is an external person
-- subject: identity
-- risk: 1
-- tags: identities, ownership, external
-- why: Somebody who answers to another company decides about access here.
-- mitigation: Name an employee as the manager.
-- needs: identities.manager, identities.contract
-- iso27001: 5.2, 5.18
-- nist80053: AC-2
-- sox: access review
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter external texts = 'EXTERNAL,CONTRACTOR,External,Contractor,external,contractor'
-- test: employees alone
-- given identities | uid | contract  | manager_uid
--                  | 1   | PERMANENT | 9
--                  | 2   | PERMANENT | 8
--                  | 3   | EXTERNAL  | 9
--                  | 8   | PERMANENT |
--                  | 9   | EXTERNAL  | 8
-- given identity_status | uid | status
--                       | 1   | active
--                       | 2   | active
--                       | 3   | active
--                       | 8   | active
--                       | 9   | active
-- expect | uid
--        | 1
SELECT i.uid
FROM identities i
JOIN identity_status s ON s.uid = i.uid AND s.status = 'active'
JOIN identities m ON m.uid = i.manager_uid
WHERE m.contract IN ({external})
  AND (i.contract IS NULL OR i.contract NOT IN ({external}))
