-- title: Disabled accounts whose owner left long ago
-- subject: account
-- risk: 1
-- tags: accounts, leavers
-- why: What is kept for ever can be enabled again, and hides what matters in every list.
-- mitigation: Delete the account once nothing needs its data any more.
-- needs: accounts.is_enabled, rule_pack_accounts
-- iso27001: 5.18, 6.5
-- nist80053: AC-2(3), PS-4
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 730
-- test: two years are long
-- with as_of = 2026-11-21
-- given rule_pack_accounts | account_uid | is_open | ownerless | decided_on
--                          | 1           | false   | leaved    | 2024-11-20
--                          | 2           | false   | leaved    | 2024-11-22
--                          | 3           | true    | leaved    | 2020-01-01
--                          | 4           | false   | service   | 2020-01-01
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE NOT a.is_open AND a.ownerless = 'leaved' AND a.decided_on < {as_of} - {days}
