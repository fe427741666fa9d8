-- title: Active people who belong to no unit
-- subject: identity
-- risk: 1
-- tags: quality
-- why: What is decided by unit leaves them out.
-- mitigation: Enter the unit.
-- needs: identities.organisation
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: no unit, or one that is not there
-- given identities | uid | organisation_uid
--                  | 1   |
--                  | 2   | 5
--                  | 3   | 6
--                  | 4   |
-- given organisations | uid
--                     | 5
-- given identity_status | uid | status
--                       | 1   | active
--                       | 2   | active
--                       | 3   | active
--                       | 4   | inactive
-- expect | uid
--        | 1
--        | 3
SELECT i.uid
FROM identities i
JOIN identity_status s ON s.uid = i.uid AND s.status = 'active'
LEFT JOIN organisations o ON o.uid = i.organisation_uid
WHERE o.uid IS NULL
