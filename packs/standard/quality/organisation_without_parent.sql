-- title: Units that lie below no other, though they are no root
-- subject: organisation
-- risk: 1
-- tags: quality
-- why: What is said of the whole company leaves them out.
-- mitigation: Enter the unit above.
-- needs: organisations.parent, organisations.category
-- iso27001: 5.9
-- nist80053: PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- parameter roots texts = 'COMPANY,company,Company,GROUP,group,ROOT,root'
-- test: a parent that is named and not there, or none beside other roots
-- given organisations | uid | parent | parent_uid | category
--                     | 1   |        |            | COMPANY
--                     | 2   | A      | 1          | UNIT
--                     | 3   | X      |            | UNIT
--                     | 4   | B      | 9          | UNIT
--                     | 5   |        |            | UNIT
-- expect | uid
--        | 3
--        | 4
--        | 5
SELECT o.uid
FROM organisations o LEFT JOIN organisations p ON p.uid = o.parent_uid
WHERE p.uid IS NULL
  AND (o.parent IS NOT NULL OR (o.category IS NULL OR o.category NOT IN ({roots})))
