-- title: Privileged accounts without an owner
-- subject: account
-- risk: 4
-- tags: accounts, ownership, privileged
-- why: The widest rights are in the hands of nobody in particular.
-- mitigation: Disable the account at once, then find its owner.
-- needs: accounts.is_privileged, rule_pack_accounts
-- iso27001: 8.2
-- nist80053: AC-2(7), AC-6(5)
-- sox: privileged access
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: privileged, open, and nobody answers for it
-- given rule_pack_accounts | account_uid | is_open | is_privileged | identity_uid | ownerless
--                          | 1           | true    | true          |              |
--                          | 2           | true    | false         |              |
--                          | 3           | true    | true          | 7            |
--                          | 4           | false   | true          |              |
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE a.is_open AND a.is_privileged AND a.identity_uid IS NULL AND a.ownerless IS NULL
