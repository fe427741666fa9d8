-- title: People whose first day is still to come and who can log on already
-- subject: identity
-- risk: 3
-- tags: identities, joiners
-- why: Somebody has access without a contract that holds.
-- mitigation: Disable the accounts until the first day.
-- needs: identities.hired_on, rule_pack_accounts
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 7
-- test: the first day itself is a day of work
-- with as_of = 2026-11-21
-- given identities | uid | hired_on
--                  | 1   | 2026-11-29
--                  | 2   | 2026-11-28
--                  | 3   | 2026-12-24
-- given rule_pack_accounts | account_uid | is_open | identity_uid
--                          | 11          | true    | 1
--                          | 12          | true    | 2
--                          | 13          | false   | 3
-- expect | uid
--        | 1
SELECT DISTINCT i.uid
FROM identities i JOIN rule_pack_accounts a ON a.identity_uid = i.uid AND a.is_open
WHERE i.hired_on > {as_of} + {days}
