-- title: Applications whose criticality nobody has stated
-- subject: application
-- risk: 0
-- tags: quality, sensitivity
-- why: What matters is not told from what does not.
-- mitigation: State how critical it is.
-- needs: applications.criticality
-- iso27001: 5.12
-- nist80053: RA-2
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- test: not stated
-- given applications | uid | criticality
--                    | 1   |
--                    | 2   | 0
-- expect | uid
--        | 1
SELECT a.uid
FROM applications a
WHERE a.criticality IS NULL
