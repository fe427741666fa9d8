-- title: Units that lie below themselves
-- subject: organisation
-- risk: 2
-- tags: quality
-- why: Who is asked above them depends on who reads it, and in which order.
-- mitigation: Correct the unit above.
-- needs: organisations.parent
-- iso27001: 5.9
-- nist80053: PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- test: members of a circle
-- given cycle_members | table_name    | cycle_uid | uid
--                     | organisations | 1         | 1
--                     | organisations | 1         | 2
--                     | group_nesting | 3         | 3
-- given organisations | uid
--                     | 1
--                     | 2
--                     | 3
-- expect | uid
--        | 1
--        | 2
SELECT DISTINCT c.uid
FROM cycle_members c
WHERE c.table_name = 'organisations'
