-- title: Units whose head is gone
-- subject: organisation
-- risk: 1
-- tags: quality, ownership, leavers
-- why: Questions go to somebody who no longer answers.
-- mitigation: Name a new head.
-- needs: organisations.head
-- iso27001: 5.2, 5.18
-- nist80053: AC-2
-- sox: access review
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: inactive, or not listed any more
-- given organisations | uid | head_uid
--                     | 1   | 7
--                     | 2   | 8
--                     | 3   | 9
--                     | 4   |
-- given identity_status | uid | status
--                       | 7   | inactive
--                       | 8   | active
-- expect | uid
--        | 1
--        | 3
SELECT o.uid
FROM organisations o LEFT JOIN identity_status s ON s.uid = o.head_uid
WHERE o.head_uid IS NOT NULL AND COALESCE(s.status, 'gone') <> 'active'
