-- title: Folders with very many more direct rights than in the load before
-- subject: permission
-- risk: 1
-- tags: permissions, new
-- why: So many at once are a mistake, or somebody opening a door.
-- mitigation: Ask who gave them, and why.
-- needs: rights, permissions.category
-- iso27001: 5.18, 8.16
-- nist80053: AC-2(4), AC-2(12)
-- sox: monitoring of access
-- nis2: 21(2)(i)
-- dora: 10(1)
-- parameter rights integer = 100
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: new rights less those that went
-- with rights = 1
-- given permissions | uid | category
--                   | 5   | folder
--                   | 6   | folder
--                   | 7   | role
-- given movements | table_name | movement | kind    | uid | related_kind | related_uid
--                 | rights     | new      | account | 1   | permission   | 5
--                 | rights     | new      | account | 2   | permission   | 5
--                 | rights     | new      | account | 1   | permission   | 6
--                 | rights     | new      | account | 2   | permission   | 6
--                 | rights     | deleted  | account | 3   | permission   | 6
--                 | rights     | new      | account | 1   | permission   | 7
--                 | rights     | new      | account | 2   | permission   | 7
-- expect | uid
--        | 5
SELECT p.uid
FROM permissions p
JOIN movements m ON m.related_uid = p.uid AND m.table_name = 'rights' AND m.movement IN ('new', 'deleted')
WHERE p.category IN ({categories})
GROUP BY p.uid
HAVING SUM(CASE WHEN m.movement = 'new' THEN 1 ELSE -1 END) > {rights}
