-- title: Active people without any account
-- subject: identity
-- risk: 1
-- tags: identities, joiners
-- why: They work with somebody else's account, or are not there at all.
-- mitigation: Ask the manager how the person works.
-- needs: rule_pack_accounts
-- iso27001: 5.16
-- nist80053: IA-4
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: any account is enough
-- given identity_status | uid | status
--                       | 7   | active
--                       | 8   | active
--                       | 9   | inactive
-- given rule_pack_accounts | account_uid | is_open | identity_uid
--                          | 1           | false   | 8
-- expect | uid
--        | 7
SELECT s.uid
FROM identity_status s
WHERE s.status = 'active' AND NOT EXISTS (SELECT 1 FROM rule_pack_accounts a WHERE a.identity_uid = s.uid)
