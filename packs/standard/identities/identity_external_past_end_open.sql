-- title: External people past their last day with accounts that can log on
-- subject: identity
-- risk: 3
-- tags: identities, external, leavers
-- why: The work is over and the access is not.
-- mitigation: Disable the accounts.
-- needs: identities.contract, identities.departure_on, rule_pack_accounts
-- iso27001: 5.18, 5.19
-- nist80053: AC-2(3), PS-7
-- sox: access removal
-- nis2: 21(2)(d), 21(2)(i)
-- dora: 9(4)(c)
-- parameter external texts = 'EXTERNAL,CONTRACTOR,External,Contractor,external,contractor'
-- test: the last day itself is a day of work
-- with as_of = 2026-11-21
-- given identities | uid | contract  | departure_on
--                  | 1   | EXTERNAL  | 2026-11-20
--                  | 2   | EXTERNAL  | 2026-11-20
--                  | 3   | EXTERNAL  | 2026-11-21
--                  | 4   | PERMANENT | 2026-11-20
-- given rule_pack_accounts | account_uid | is_open | identity_uid
--                          | 11          | true    | 1
--                          | 12          | false   | 2
--                          | 14          | true    | 4
-- expect | uid
--        | 1
SELECT i.uid
FROM identities i
WHERE i.departure_on < {as_of} AND i.contract IN ({external})
  AND EXISTS (SELECT 1 FROM rule_pack_accounts a WHERE a.identity_uid = i.uid AND a.is_open)
