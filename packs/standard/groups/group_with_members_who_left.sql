-- title: Groups with open accounts of people who are gone
-- subject: group
-- detail: the account
-- risk: 3
-- tags: groups, leavers
-- why: What the group grants is still granted to somebody who no longer works here.
-- mitigation: Take the account out of the group, and disable it.
-- needs: memberships, rule_pack_accounts
-- iso27001: 5.18, 6.5
-- nist80053: AC-2(3), PS-4
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: left or inactive, and the account can log on
-- given groups | uid
--              | 1
--              | 2
-- given accounts | uid | repository | identifier
--                | 50  | AD         | ann
--                | 51  | AD         | bob
--                | 52  | AD         | eve
-- given memberships | account_uid | group_uid
--                   | 50          | 1
--                   | 51          | 1
--                   | 52          | 2
-- given rule_pack_accounts | account_uid | is_open | owner_status | ownerless
--                          | 50          | true    | inactive     |
--                          | 51          | true    | active       |
--                          | 52          | false   |              | leaved
-- expect | uid | detail
--        | 1   | AD/ann
SELECT m.group_uid AS uid, b.repository || '/' || b.identifier AS detail
FROM rule_pack_accounts a
JOIN memberships m ON m.account_uid = a.account_uid
JOIN accounts b ON b.uid = a.account_uid
WHERE a.is_open AND (a.owner_status = 'inactive' OR a.ownerless = 'leaved')
