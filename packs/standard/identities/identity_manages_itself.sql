-- title: People whom a source states as their own manager
-- subject: identity
-- risk: 2
-- tags: identities, ownership
-- why: Whoever decides about their own access is not controlled by anybody.
-- mitigation: Enter the manager.
-- needs: identities.manager
-- iso27001: 5.2, 5.18
-- nist80053: AC-2
-- sox: access review
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: stated by the source
-- given identities | uid | manager_uid
--                  | 1   | 1
--                  | 2   | 1
--                  | 3   |
-- expect | uid
--        | 1
SELECT i.uid
FROM identities i
WHERE i.manager_uid = i.uid
