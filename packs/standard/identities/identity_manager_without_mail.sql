-- title: Managers of people without a mail address
-- subject: identity
-- risk: 3
-- tags: identities, quality, ownership
-- why: Whoever must answer for something cannot be asked about it.
-- mitigation: Give the person an address, or name somebody else.
-- needs: identities.email, managers
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: whoever answers for nothing is left alone
-- given identities | uid | email
--                  | 1   |
--                  | 2   | ann@x
--                  | 3   |
-- given managers | kind     | uid | identity_uid
--                | identity | 3   | 1
--                | identity | 4   | 2
--                | account  | 5   | 3
-- expect | uid
--        | 1
WITH asked AS (
  SELECT m.identity_uid AS uid FROM managers m WHERE m.kind = 'identity'
)
SELECT DISTINCT i.uid
FROM identities i JOIN asked a ON a.uid = i.uid
WHERE i.email IS NULL
