-- title: Active employees whose stated manager is gone
-- subject: identity
-- risk: 1
-- tags: identities, ownership, leavers
-- why: Questions about what they have go to somebody who no longer answers.
-- mitigation: Enter the new manager.
-- needs: identities.manager, identities.contract
-- iso27001: 5.2, 5.18
-- nist80053: AC-2
-- sox: access review
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter external texts = 'EXTERNAL,CONTRACTOR,External,Contractor,external,contractor'
-- test: inactive, or not listed any more
-- given identities | uid | contract  | manager | manager_uid
--                  | 1   | PERMANENT | E9      | 9
--                  | 2   | PERMANENT | E8      | 8
--                  | 3   | EXTERNAL  | E9      | 9
--                  | 4   | PERMANENT | E7      | 7
--                  | 5   | PERMANENT | E6      |
--                  | 8   | EXTERNAL  |         |
-- given identity_status | uid | status
--                       | 1   | active
--                       | 2   | active
--                       | 3   | active
--                       | 4   | active
--                       | 5   | active
--                       | 8   | active
--                       | 9   | inactive
-- expect | uid
--        | 1
--        | 4
SELECT i.uid
FROM identities i
JOIN identity_status s ON s.uid = i.uid AND s.status = 'active'
LEFT JOIN identity_status m ON m.uid = i.manager_uid
WHERE i.manager_uid IS NOT NULL AND COALESCE(m.status, 'gone') <> 'active'
  AND (i.contract IS NULL OR i.contract NOT IN ({external}))
