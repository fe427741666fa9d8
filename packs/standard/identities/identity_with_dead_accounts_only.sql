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
-- given rule_pack_accounts | account_uid | is_open | last_logon_on | identity_uid | owner_status
--                          | 1           | true    | 2026-01-01    | 7            | active
--                          | 2           | false   | 2026-11-20    | 7            | active
--                          | 3           | true    | 2026-01-01    | 8            | active
--                          | 4           | true    | 2026-11-20    | 8            | active
--                          | 5           | true    | 2026-01-01    | 9            | inactive
-- expect | uid
--        | 7
SELECT a.identity_uid AS uid
FROM rule_pack_accounts a
WHERE a.owner_status = 'active'
GROUP BY a.identity_uid
HAVING COUNT(*) FILTER (WHERE a.is_open AND (a.last_logon_on IS NULL OR a.last_logon_on >= {as_of} - {days})) = 0
