-- title: External people whose last day is near
-- subject: identity
-- risk: 0
-- tags: identities, external, leavers
-- why: Whoever plans the end of access now need not hurry then.
-- mitigation: Ask the manager: the end is moved, or everything is returned on the day.
-- needs: identities.contract, identities.departure_on
-- iso27001: 5.18, 5.19
-- nist80053: AC-2(3), PS-7
-- sox: access removal
-- nis2: 21(2)(d), 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 30
-- parameter external texts = 'EXTERNAL,CONTRACTOR,External,Contractor,external,contractor'
-- test: within the days
-- with as_of = 2026-11-21
-- given identities | uid | contract  | departure_on
--                  | 1   | EXTERNAL  | 2026-12-21
--                  | 2   | EXTERNAL  | 2026-12-22
--                  | 3   | EXTERNAL  | 2026-11-20
--                  | 4   | PERMANENT | 2026-12-01
-- expect | uid
--        | 1
SELECT i.uid
FROM identities i
WHERE i.departure_on >= {as_of} AND i.departure_on <= {as_of} + {days} AND i.contract IN ({external})
