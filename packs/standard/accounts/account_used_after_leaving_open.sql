-- title: Accounts used after their owner was no longer listed, that can still log on
-- subject: account
-- risk: 4
-- tags: accounts, leavers, usage
-- why: Somebody logged on in the name of a person who is not listed any more.
-- mitigation: Find out who it was and what was done; disable the account.
-- needs: accounts.last_logon_on, rule_pack_accounts
-- iso27001: 5.18, 6.5
-- nist80053: AC-2(3), PS-4
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: used behind the load that no longer had the owner
-- given rule_pack_accounts | account_uid | is_open | last_logon_on | ownerless | decided_on
--                          | 1           | true    | 2026-11-15    | leaved    | 2026-11-14
--                          | 2           | true    | 2026-11-14    | leaved    | 2026-11-14
--                          | 3           | false   | 2026-11-15    | leaved    | 2026-11-14
--                          | 4           | true    | 2026-11-15    | service   | 2026-11-14
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE a.is_open AND a.ownerless = 'leaved' AND a.last_logon_on > a.decided_on
