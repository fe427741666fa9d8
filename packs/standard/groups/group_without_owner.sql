-- title: Groups without an owner
-- subject: group
-- risk: 1
-- tags: groups, ownership
-- why: Nobody decides who becomes a member.
-- mitigation: Name an owner.
-- needs: groups.owner
-- iso27001: 5.9, 5.18
-- nist80053: AC-2, PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- test: no owner
-- given groups | uid | owner_uid
--              | 1   |
--              | 2   | 7
-- expect | uid
--        | 1
SELECT g.uid
FROM groups g
WHERE g.owner_uid IS NULL
