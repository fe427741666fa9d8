-- title: Accounts used after their owner was no longer listed, that were disabled since
-- subject: account
-- risk: 2
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
-- given accounts | uid | last_logon_on
--                | 1   | 2026-11-15
--                | 2   | 2026-11-14
--                | 3   | 2026-11-15
--                | 4   | 2026-11-15
-- given rule_pack_accounts | account_uid | is_open | ownerless | decided_on
--                          | 1           | false   | leaved    | 2026-11-14
--                          | 2           | false   | leaved    | 2026-11-14
--                          | 3           | true    | leaved    | 2026-11-14
--                          | 4           | false   | service   | 2026-11-14
-- expect | uid
--        | 1
SELECT b.uid
FROM accounts b JOIN rule_pack_accounts a ON a.account_uid = b.uid
WHERE NOT a.is_open AND a.ownerless = 'leaved' AND b.last_logon_on > a.decided_on
