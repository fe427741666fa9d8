-- title: Active people without a mail address
-- subject: identity
-- risk: 1
-- tags: identities, quality
-- why: They cannot be asked, warned or invited to a review.
-- mitigation: Correct the person in the personnel system.
-- needs: identities.email
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: active people alone
-- given identities | uid | email
--                  | 1   |
--                  | 2   | ann@x
--                  | 3   |
-- given identity_status | uid | status
--                       | 1   | active
--                       | 2   | active
--                       | 3   | inactive
-- expect | uid
--        | 1
SELECT i.uid
FROM identities i JOIN identity_status s ON s.uid = i.uid AND s.status = 'active'
WHERE i.email IS NULL
