-- title: Folders whose sensitivity nobody has stated
-- subject: permission
-- risk: 0
-- tags: quality, sensitivity
-- why: What matters is not told from what does not.
-- mitigation: State how much harm it can do.
-- needs: permissions.sensitivity, permissions.category
-- iso27001: 5.12
-- nist80053: RA-2
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: not stated
-- given permissions | uid | category | sensitivity
--                   | 5   | folder   |
--                   | 6   | folder   | 0
--                   | 7   | role     |
-- expect | uid
--        | 5
SELECT p.uid
FROM permissions p
WHERE p.sensitivity IS NULL AND p.category IN ({categories})
