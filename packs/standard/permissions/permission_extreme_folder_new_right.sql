-- title: Folders of extreme sensitivity with new rights
-- subject: permission
-- risk: 2
-- tags: permissions, new, sensitivity
-- why: Whoever gains what does most harm is to be known to somebody who agreed.
-- mitigation: Hold each new right against the request that was approved.
-- needs: permissions.sensitivity, permissions.category, rights
-- iso27001: 5.18, 8.2
-- nist80053: AC-2(4), AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter level integer = 4
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: rights since the load before
-- given permissions | uid | sensitivity | category
--                   | 5   | 4           | folder
--                   | 6   | 3           | folder
--                   | 7   | 4           | role
--                   | 8   | 4           | folder
-- given movements | table_name | movement | kind    | uid | related_kind | related_uid
--                 | rights     | new      | account | 1   | permission   | 5
--                 | rights     | new      | account | 1   | permission   | 6
--                 | rights     | new      | account | 1   | permission   | 7
--                 | rights     | deleted  | account | 1   | permission   | 8
-- expect | uid
--        | 5
SELECT DISTINCT p.uid
FROM permissions p
JOIN movements m ON m.table_name = 'rights' AND m.movement = 'new' AND m.related_uid = p.uid
WHERE p.sensitivity >= {level}
  AND p.category IN ({categories})
