-- title: Active people all of whose accounts are disabled or unused for long
-- subject: identity
-- risk: 1
-- tags: identities, usage
-- why: They may be gone, or work with somebody else's account.
-- mitigation: Ask the manager whether the person still works here.
-- needs: accounts.last_logon_on, rule_pack_accounts
-- iso27001: 5.16, 5.18
-- nist80053: AC-2(3)
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 90
-- test: one account in use is enough
-- with as_of = 2026-11-21
-- given identity_status | uid | status
--                       | 7   | active
--                       | 8   | active
--                       | 9   | inactive
-- given rule_pack_accounts | account_uid | is_open | identity_uid
--                          | 1           | true    | 7
--                          | 2           | false   | 7
--                          | 3           | true    | 8
--                          | 4           | true    | 8
--                          | 5           | true    | 9
-- given accounts | uid | last_logon_on
--                | 1   | 2026-01-01
--                | 2   | 2026-11-20
--                | 3   | 2026-01-01
--                | 4   | 2026-11-20
--                | 5   | 2026-01-01
-- expect | uid
--        | 7
SELECT s.uid
FROM identity_status s
JOIN rule_pack_accounts a ON a.identity_uid = s.uid
JOIN accounts b ON b.uid = a.account_uid
WHERE s.status = 'active'
GROUP BY s.uid
HAVING COUNT(*) FILTER (WHERE a.is_open AND (b.last_logon_on IS NULL OR b.last_logon_on >= {as_of} - {days})) = 0
