-- title: Accounts that hold permissions of high sensitivity
-- subject: account
-- risk: 1
-- tags: accounts, sensitivity
-- why: Each account that can do what does most harm is one more to guard; the list is to stay short and known.
-- mitigation: Ask whoever answers for the permission whether each holder needs it.
-- needs: rule_pack_sensitive_rights
-- iso27001: 5.15, 8.3
-- nist80053: AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter level integer = 3
-- parameter extreme integer = 4
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: by level, and by what is a folder
-- given permissions | uid | sensitivity | category
--                   | 5   | 3           | folder
--                   | 6   | 3           | role
--                   | 7   | 4           | role
-- given rule_pack_sensitive_rights | account_uid | permission_uid | is_open
--                                  | 1           | 6              | true
--                                  | 2           | 7              | true
--                                  | 3           | 6              | false
--                                  | 4           | 5              | true
-- expect | uid
--        | 1
SELECT s.account_uid AS uid
FROM rule_pack_sensitive_rights s JOIN permissions p ON p.uid = s.permission_uid
WHERE s.is_open AND p.sensitivity >= {level} AND p.sensitivity < {extreme}
  AND (p.category IS NULL OR p.category NOT IN ({categories}))
