-- title: Accounts that hold folders of high sensitivity
-- subject: account
-- risk: 1
-- tags: accounts, sensitivity
-- why: Each account that can do what does most harm is one more to guard; the list is to stay short and known.
-- mitigation: Ask whoever answers for the permission whether each holder needs it.
-- needs: rule_pack_sensitive_rights, permissions.category, rule_pack_accounts
-- iso27001: 5.15, 8.3
-- nist80053: AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter level integer = 3
-- parameter extreme integer = 4
-- parameter categories text = 'folder,share,FOLDER,SHARE'
-- test: by level, and by what is a folder
-- given rule_pack_accounts | account_uid | is_open
--                          | 1           | true
--                          | 2           | true
--                          | 3           | false
--                          | 4           | true
-- given rule_pack_sensitive_rights | account_uid | permission_uid | sensitivity | category
--                                  | 1           | 8              | 3           | folder
--                                  | 2           | 9              | 4           | folder
--                                  | 3           | 8              | 3           | folder
--                                  | 4           | 8              | 3           | role
-- expect | uid
--        | 1
SELECT DISTINCT s.account_uid AS uid
FROM rule_pack_sensitive_rights s
JOIN rule_pack_accounts a ON a.account_uid = s.account_uid AND a.is_open
WHERE s.sensitivity >= {level} AND s.sensitivity < {extreme}
  AND STRPOS(',' || {categories} || ',', ',' || s.category || ',') > 0
