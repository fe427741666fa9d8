-- title: Accounts that hold folders of extreme sensitivity
-- subject: account
-- risk: 2
-- tags: accounts, sensitivity
-- why: Each account that can do what does most harm is one more to guard; the list is to stay short and known.
-- mitigation: Ask whoever answers for the permission whether each holder needs it.
-- needs: rule_pack_sensitive_rights, permissions.category, rule_pack_accounts
-- iso27001: 5.15, 8.3
-- nist80053: AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter level integer = 4
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: by level, and by what is a folder
-- given rule_pack_accounts | account_uid | is_open
--                          | 1           | true
--                          | 2           | true
--                          | 3           | false
--                          | 4           | true
-- given permissions | uid | sensitivity | category
--                   | 5   | 3           | folder
--                   | 6   | 4           | folder
--                   | 7   | 4           | role
-- given rule_pack_sensitive_rights | account_uid | permission_uid
--                                  | 1           | 6
--                                  | 2           | 5
--                                  | 3           | 6
--                                  | 4           | 7
-- expect | uid
--        | 1
SELECT a.account_uid AS uid
FROM rule_pack_accounts a
WHERE a.is_open AND a.account_uid IN (
  SELECT s.account_uid FROM rule_pack_sensitive_rights s JOIN permissions p ON p.uid = s.permission_uid
  WHERE p.sensitivity >= {level}
    AND p.category IN ({categories})
)
