-- title: Units without a head
-- subject: organisation
-- risk: 1
-- tags: quality, ownership
-- why: Nobody answers for it, and nobody can be asked.
-- mitigation: Name a head.
-- needs: organisations.head
-- iso27001: 5.2, 5.18
-- nist80053: AC-2
-- sox: access review
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: nobody is named
-- given organisations | uid | head_uid
--                     | 1   |
--                     | 2   | 7
-- expect | uid
--        | 1
SELECT o.uid
FROM organisations o
WHERE o.head_uid IS NULL
