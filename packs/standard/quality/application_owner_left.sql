-- title: Applications whose owner is gone
-- subject: application
-- risk: 1
-- tags: quality, ownership, leavers
-- why: Questions go to somebody who no longer answers.
-- mitigation: Name a new owner.
-- needs: applications.owner
-- iso27001: 5.9, 5.18
-- nist80053: AC-2, PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- test: inactive, or not listed any more
-- given applications | uid | owner_uid
--                    | 1   | 7
--                    | 2   | 8
--                    | 3   | 9
--                    | 4   |
-- given identity_status | uid | status
--                       | 7   | inactive
--                       | 8   | active
-- expect | uid
--        | 1
--        | 3
SELECT o.uid
FROM applications o LEFT JOIN identity_status s ON s.uid = o.owner_uid
WHERE o.owner_uid IS NOT NULL AND COALESCE(s.status, 'gone') <> 'active'
