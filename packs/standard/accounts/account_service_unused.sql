-- title: Accounts that are no person's and that nothing has used for long
-- subject: account
-- risk: 2
-- tags: accounts, service, usage
-- why: The program is gone, and its account and password are left.
-- mitigation: Ask who managed the program; disable the account, then delete it.
-- needs: accounts.last_logon_on, rule_pack_accounts
-- iso27001: 5.16, 5.18
-- nist80053: AC-2(3)
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 180
-- test: ownerless by a reason, and not used for the days
-- with as_of = 2026-11-21
-- given rule_pack_accounts | account_uid | is_open | last_logon_on | ownerless
--                          | 1           | true    | 2026-05-01    | service
--                          | 2           | true    | 2026-11-01    | service
--                          | 3           | true    | 2026-05-01    |
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE a.is_open AND a.ownerless IS NOT NULL AND a.ownerless <> 'leaved' AND a.last_logon_on < {as_of} - {days}
