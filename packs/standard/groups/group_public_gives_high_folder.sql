-- title: Groups that contain everybody, and give folders of high sensitivity
-- subject: group
-- detail: the permission
-- risk: 2
-- tags: groups, public, sensitivity
-- why: All, or nearly all, can do what only a few should.
-- mitigation: Take the right away from the group, and give it to those who need it.
-- needs: permissions.sensitivity, rights, permissions.category, rule_pack_public_groups
-- iso27001: 5.15, 8.3
-- nist80053: AC-3, AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter share double = 1.0
-- parameter min_accounts integer = 10
-- parameter level integer = 3
-- parameter extreme integer = 4
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: what groups around it give counts
-- given rule_pack_public_groups | group_uid | accounts | share
--                               | 1         | 20       | 1.0
--                               | 2         | 18       | 0.5
--                               | 3         | 20       | 1.0
-- given group_closure | group_uid | ancestor_uid | depth
--                     | 1         | 1            | 0
--                     | 1         | 9            | 1
--                     | 2         | 2            | 0
--                     | 3         | 3            | 0
-- given rights | account_uid | group_uid | permission_uid
--              |             | 9         | 5
--              |             | 2         | 5
--              |             | 3         | 6
--              |             | 1         | 7
-- given permissions | uid | application | code | sensitivity | category
--                   | 5   | ERP         | PAY  | 3           | folder
--                   | 6   | ERP         | ALL  | 4           | folder
--                   | 7   | ERP         | X    | 3           | role
-- expect | uid | detail
--        | 1   | ERP/PAY
SELECT DISTINCT p.group_uid AS uid, s.application || '/' || s.code AS detail
FROM rule_pack_public_groups p
JOIN group_closure c ON c.group_uid = p.group_uid
JOIN rights r ON r.group_uid = c.ancestor_uid
JOIN permissions s ON s.uid = r.permission_uid
WHERE p.share >= {share} AND p.accounts >= {min_accounts}
  AND s.sensitivity >= {level} AND s.sensitivity < {extreme}
  AND s.category IN ({categories})
