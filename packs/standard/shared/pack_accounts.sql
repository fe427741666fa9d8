-- title: Accounts with what is known of their owners
-- An account can log on unless its source says otherwise. Ownerless accounts have a reason and no owner; orphans neither.
-- test: an account that nobody says is disabled can log on
-- given accounts | uid | repository | is_enabled | is_privileged | created_on | last_logon_on
--                | 1   | AD         | true       | true          | 2025-03-03 | 2026-10-10
--                | 2   | AD         | false      |               |            |
--                | 3   | AD         |            |               |            |
-- given ownership | account_uid | identity_uid | ownerless | decided_on
--                 | 1           | 7            |           | 2026-01-01
--                 | 2           |              | leaved    | 2026-02-02
-- given identity_status | uid | status
--                       | 7   | inactive
-- given identities | uid | hired_on   | departure_on
--                  | 7   | 2025-04-04 | 2026-09-09
-- expect | account_uid | repository | is_open | is_privileged | created_on | last_logon_on | identity_uid | ownerless | decided_on | owner_status | hired_on   | departure_on
--        | 1           | AD         | true    | true          | 2025-03-03 | 2026-10-10    | 7            |           | 2026-01-01 | inactive     | 2025-04-04 | 2026-09-09
--        | 2           | AD         | false   | false         |            |               |              | leaved    | 2026-02-02 |              |            |
--        | 3           | AD         | true    | false         |            |               |              |           |            |              |            |
SELECT a.uid AS account_uid, a.repository, COALESCE(a.is_enabled, TRUE) AS is_open,
       COALESCE(a.is_privileged, FALSE) AS is_privileged, a.created_on, a.last_logon_on,
       o.identity_uid, o.ownerless, o.decided_on, s.status AS owner_status, i.hired_on, i.departure_on
FROM accounts a
LEFT JOIN ownership o ON o.account_uid = a.uid
LEFT JOIN identity_status s ON s.uid = o.identity_uid
LEFT JOIN identities i ON i.uid = o.identity_uid
