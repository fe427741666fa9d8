-- title: Applications without an owner
-- subject: application
-- risk: 1
-- tags: quality, ownership
-- why: Nobody answers for it, and nobody can be asked.
-- mitigation: Name an owner.
-- needs: applications.owner
-- iso27001: 5.9, 5.18
-- nist80053: AC-2, PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- test: nobody is named
-- given applications | uid | owner_uid
--                    | 1   |
--                    | 2   | 7
-- expect | uid
--        | 1
SELECT o.uid
FROM applications o
WHERE o.owner_uid IS NULL
