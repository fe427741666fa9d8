-- title: Accounts used after the departure of their owner, that can still log on
-- subject: account
-- risk: 4
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
-- given accounts | uid | last_logon_on
--                | 1   | 2026-11-02
--                | 2   | 2026-11-01
--                | 3   | 2026-11-02
-- given rule_pack_accounts | account_uid | is_open | identity_uid | owner_status
--                          | 1           | true    | 7            | inactive
--                          | 2           | true    | 7            | inactive
--                          | 3           | false   | 7            | inactive
-- given identities | uid | departure_on
--                  | 7   | 2026-11-01
-- expect | uid
--        | 1
SELECT b.uid
FROM accounts b
JOIN rule_pack_accounts a ON a.account_uid = b.uid
JOIN identities i ON i.uid = a.identity_uid
WHERE a.is_open AND a.owner_status = 'inactive' AND b.last_logon_on > i.departure_on
