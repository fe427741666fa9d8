-- title: Heads of units without a mail address
-- subject: identity
-- risk: 3
-- tags: identities, quality, ownership
-- why: Whoever must answer for something cannot be asked about it.
-- mitigation: Give the person an address, or name somebody else.
-- needs: identities.email, organisations.head
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
-- given organisations | uid | head_uid
--                     | 50  | 1
--                     | 51  | 2
-- expect | uid
--        | 1
WITH asked AS (
  SELECT o.head_uid AS uid FROM organisations o
)
SELECT DISTINCT i.uid
FROM identities i JOIN asked a ON a.uid = i.uid
WHERE i.email IS NULL
