-- title: Applications without a description
-- subject: application
-- risk: 0
-- tags: quality
-- why: Nobody who meets it knows what it is for.
-- mitigation: Describe it.
-- needs: applications.description
-- iso27001: 5.9
-- nist80053: PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- test: no description
-- given applications | uid | description
--                    | 1   |
--                    | 2   | pays
-- expect | uid
--        | 1
SELECT o.uid
FROM applications o
WHERE o.description IS NULL
