-- title: Applications whose owner is external
-- subject: application
-- risk: 0
-- tags: quality, ownership, external
-- why: Somebody who answers to another company decides.
-- mitigation: Name an employee as the owner.
-- needs: applications.owner, identities.contract
-- iso27001: 5.18, 5.19
-- nist80053: AC-2(3), PS-7
-- sox: access removal
-- nis2: 21(2)(d), 21(2)(i)
-- dora: 9(4)(c)
-- parameter external texts = 'EXTERNAL,CONTRACTOR,External,Contractor,external,contractor'
-- test: by contract
-- given applications | uid | owner_uid
--                    | 1   | 7
--                    | 2   | 8
-- given identities | uid | contract
--                  | 7   | EXTERNAL
--                  | 8   | PERMANENT
-- expect | uid
--        | 1
SELECT o.uid
FROM applications o JOIN identities i ON i.uid = o.owner_uid
WHERE i.contract IN ({external})
