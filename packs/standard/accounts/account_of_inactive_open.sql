-- title: Accounts that can log on and whose owner is inactive
-- subject: account
-- risk: 4
-- tags: accounts, leavers
-- why: Someone who is listed and no longer works here still has access.
-- mitigation: Disable the account; agree with the personnel office how departures reach you.
-- needs: rule_pack_accounts
-- iso27001: 5.18, 6.5
-- nist80053: AC-2(3), PS-4
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: the owner is listed as inactive
-- given rule_pack_accounts | account_uid | is_open | identity_uid | owner_status
--                          | 1           | true    | 7            | inactive
--                          | 2           | false   | 7            | inactive
--                          | 3           | true    | 8            | active
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE a.is_open AND a.owner_status = 'inactive'
