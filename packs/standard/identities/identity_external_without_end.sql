-- title: Active external people without a last day
-- subject: identity
-- risk: 1
-- tags: identities, external
-- why: Nothing ends when their work does, and nobody will tell you.
-- mitigation: Have the end of the contract entered.
-- needs: identities.contract, identities.departure_on
-- iso27001: 5.18, 5.19
-- nist80053: AC-2(3), PS-7
-- sox: access removal
-- nis2: 21(2)(d), 21(2)(i)
-- dora: 9(4)(c)
-- parameter external texts = 'EXTERNAL,CONTRACTOR,External,Contractor,external,contractor'
-- test: by contract
-- given identities | uid | contract  | departure_on
--                  | 1   | EXTERNAL  |
--                  | 2   | EXTERNAL  | 2026-12-31
--                  | 3   | PERMANENT |
--                  | 4   | EXTERNAL  |
-- given identity_status | uid | status
--                       | 1   | active
--                       | 2   | active
--                       | 3   | active
--                       | 4   | inactive
-- expect | uid
--        | 1
SELECT i.uid
FROM identities i JOIN identity_status s ON s.uid = i.uid AND s.status = 'active'
WHERE i.departure_on IS NULL AND i.contract IN ({external})
