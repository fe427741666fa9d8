-- title: Accounts that are no person's that were enabled again since the load before
-- subject: account
-- risk: 2
-- tags: accounts, new
-- why: An account that was taken away is back: whoever did that is to have had a reason.
-- mitigation: Hold it against a request; disable it again where there is none.
-- needs: accounts.is_enabled, rule_pack_accounts
-- iso27001: 5.18, 8.16
-- nist80053: AC-2, AC-2(4)
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: it was disabled, and can log on now
-- given rule_pack_accounts | account_uid | is_open | identity_uid | owner_status | ownerless
--                          | 1           | true    |              |              | service
--                          | 2           | true    |              |              | service
--                          | 3           | false   |              |              | service
--                          | 4           | true    |              |              |
-- given before_accounts | uid | is_enabled
--                       | 1   | false
--                       | 2   | true
--                       | 3   | false
--                       | 4   | false
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM before_accounts b JOIN rule_pack_accounts a ON a.account_uid = b.uid
WHERE NOT b.is_enabled AND a.is_open AND a.ownerless IS NOT NULL AND a.ownerless <> 'leaved'
