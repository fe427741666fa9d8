-- title: Accounts of external people that hold sensitive permissions
-- subject: account
-- detail: the permission
-- risk: 2
-- tags: accounts, sensitivity, external
-- why: Somebody who answers to another company can do what does harm here.
-- mitigation: Ask the manager whether the work needs it; give it for the days of the work alone.
-- needs: rule_pack_sensitive_rights, identities.contract, rule_pack_accounts
-- iso27001: 5.18, 5.19
-- nist80053: AC-2(3), PS-7
-- sox: access removal
-- nis2: 21(2)(d), 21(2)(i)
-- dora: 9(4)(c)
-- parameter level integer = 4
-- parameter external texts = 'EXTERNAL,CONTRACTOR,External,Contractor,external,contractor'
-- test: by the contract of the owner
-- given rule_pack_accounts | account_uid | identity_uid
--                          | 1           | 7
--                          | 2           | 8
--                          | 3           | 7
-- given identities | uid | contract
--                  | 7   | EXTERNAL
--                  | 8   | PERMANENT
-- given permissions | uid | application | code | sensitivity
--                   | 8   | ERP         | SOME | 3
--                   | 9   | ERP         | ALL  | 4
-- given rule_pack_sensitive_rights | account_uid | permission_uid | is_open
--                                  | 1           | 8              | true
--                                  | 1           | 9              | true
--                                  | 2           | 9              | true
--                                  | 3           | 9              | false
-- expect | uid | detail
--        | 1   | ERP/ALL
SELECT s.account_uid AS uid, p.application || '/' || p.code AS detail
FROM rule_pack_sensitive_rights s
JOIN rule_pack_accounts a ON a.account_uid = s.account_uid
JOIN identities i ON i.uid = a.identity_uid
JOIN permissions p ON p.uid = s.permission_uid
WHERE s.is_open AND p.sensitivity >= {level} AND i.contract IN ({external})
