-- title: Permissions without a description
-- subject: permission
-- risk: 0
-- tags: quality
-- why: Nobody who is asked to approve it knows what it allows.
-- mitigation: Describe what it allows.
-- needs: permissions.description
-- iso27001: 5.9
-- nist80053: PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: no description
-- given permissions | uid | category | description
--                   | 5   | role     |
--                   | 6   | role     | pays
--                   | 7   | folder   |
-- expect | uid
--        | 5
SELECT p.uid
FROM permissions p
WHERE p.description IS NULL AND (p.category IS NULL OR p.category NOT IN ({categories}))
