-- title: People with privileged accounts whose last day is near
-- subject: identity
-- risk: 2
-- tags: identities, leavers, privileged
-- why: In the weeks before a departure what is wide open is taken along.
-- mitigation: Take the rights away now that the work no longer needs.
-- needs: identities.departure_on, accounts.is_privileged, rule_pack_accounts
-- iso27001: 5.18, 6.5
-- nist80053: AC-2(3), PS-4
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 30
-- test: within the days
-- with as_of = 2026-11-21
-- given identities | uid | departure_on
--                  | 1   | 2026-12-21
--                  | 2   | 2026-12-22
--                  | 3   | 2026-12-01
-- given rule_pack_accounts | account_uid | is_open | is_privileged | identity_uid
--                          | 11          | true    | true          | 1
--                          | 12          | true    | true          | 2
--                          | 13          | true    | false         | 3
-- expect | uid
--        | 1
SELECT DISTINCT i.uid
FROM identities i JOIN rule_pack_accounts a ON a.identity_uid = i.uid AND a.is_open AND a.is_privileged
WHERE i.departure_on >= {as_of} AND i.departure_on <= {as_of} + {days}
