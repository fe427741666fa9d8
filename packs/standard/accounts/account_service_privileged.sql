-- title: Privileged accounts that are no person's
-- subject: account
-- risk: 3
-- tags: accounts, service, privileged
-- why: What is done with them is done by nobody in particular, with the widest rights.
-- mitigation: Take the rights away that the program does not need; keep the password in a vault.
-- needs: accounts.is_privileged, rule_pack_accounts
-- iso27001: 8.2
-- nist80053: AC-2(7), AC-6(5)
-- sox: privileged access
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: privileged and ownerless by a reason
-- given rule_pack_accounts | account_uid | is_open | is_privileged | ownerless
--                          | 1           | true    | true          | service
--                          | 2           | true    | false         | service
--                          | 3           | true    | true          | leaved
--                          | 4           | true    | true          |
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE a.is_open AND a.is_privileged AND a.ownerless IS NOT NULL AND a.ownerless <> 'leaved'
