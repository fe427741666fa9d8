-- title: Privileged accounts of people who are gone
-- subject: account
-- risk: 5
-- tags: accounts, leavers, privileged
-- why: The widest rights are in the hands of somebody who no longer answers to the company.
-- mitigation: Disable the account at once, and go through what was done with it since the departure.
-- needs: accounts.is_privileged, rule_pack_accounts
-- iso27001: 5.18, 6.5
-- nist80053: AC-2(3), PS-4
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: left or inactive
-- given rule_pack_accounts | account_uid | is_open | is_privileged | owner_status | ownerless
--                          | 1           | true    | true          | inactive     |
--                          | 2           | true    | true          |              | leaved
--                          | 3           | true    | true          | active       |
--                          | 4           | true    | false         | inactive     |
-- expect | uid
--        | 1
--        | 2
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE a.is_open AND a.is_privileged AND (a.owner_status = 'inactive' OR a.ownerless = 'leaved')
