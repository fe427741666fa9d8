-- title: Folders without a description
-- subject: permission
-- risk: 0
-- tags: quality
-- why: Nobody who is asked to approve it knows what it allows.
-- mitigation: Describe what it allows.
-- needs: permissions.description, permissions.category
-- iso27001: 5.9
-- nist80053: PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: no description
-- given permissions | uid | category | description
--                   | 5   | folder   |
--                   | 6   | folder   | pays
--                   | 7   | role     |
-- expect | uid
--        | 5
SELECT p.uid
FROM permissions p
WHERE p.description IS NULL AND p.category IN ({categories})
