-- title: Accounts used after the departure of their owner, that were disabled since
-- subject: account
-- risk: 2
-- tags: accounts, leavers, usage
-- why: Somebody logged on who no longer works here, or somebody else in that name.
-- mitigation: Find out who it was and what was done; disable the account.
-- needs: accounts.last_logon_on, identities.departure_on, rule_pack_accounts
-- iso27001: 5.18, 6.5
-- nist80053: AC-2(3), PS-4
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: the day of departure itself is no later day
-- given rule_pack_accounts | account_uid | is_open | last_logon_on | owner_status | departure_on
--                          | 1           | false   | 2026-11-02    | inactive     | 2026-11-01
--                          | 2           | false   | 2026-11-01    | inactive     | 2026-11-01
--                          | 3           | true    | 2026-11-02    | inactive     | 2026-11-01
--                          | 4           | false   | 2026-11-02    | active       | 2026-11-01
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE NOT a.is_open AND a.owner_status = 'inactive' AND a.last_logon_on > a.departure_on
