-- title: Groups whose owner is gone
-- subject: group
-- risk: 1
-- tags: groups, ownership, leavers
-- why: Nobody decides who becomes a member, and everybody thinks that somebody does.
-- mitigation: Name a new owner.
-- needs: groups.owner
-- iso27001: 5.9, 5.18
-- nist80053: AC-2, PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- test: inactive, or not listed any more
-- given groups | uid | owner_uid
--              | 1   | 7
--              | 2   | 8
--              | 3   | 9
--              | 4   |
-- given identity_status | uid | status
--                       | 7   | inactive
--                       | 8   | active
-- expect | uid
--        | 1
--        | 3
SELECT g.uid
FROM groups g LEFT JOIN identity_status o ON o.uid = g.owner_uid
WHERE g.owner_uid IS NOT NULL AND COALESCE(o.status, 'gone') <> 'active'
