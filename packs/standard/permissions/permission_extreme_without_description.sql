-- title: Permissions of extreme sensitivity without a description
-- subject: permission
-- risk: 1
-- tags: permissions, quality, sensitivity
-- why: Nobody who is asked to approve it knows what it allows.
-- mitigation: Describe what it allows.
-- needs: permissions.sensitivity, permissions.description
-- iso27001: 5.9
-- nist80053: PM-5
-- sox: access administration
-- nis2: 21(2)(i)
-- dora: 8(1)
-- parameter level integer = 4
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: no description
-- given permissions | uid | sensitivity | category | description
--                   | 5   | 4           | role     |
--                   | 6   | 4           | role     | pays
--                   | 7   | 3           | role     |
--                   | 8   | 4           | folder   |
-- expect | uid
--        | 5
SELECT p.uid
FROM permissions p
WHERE p.description IS NULL AND p.sensitivity >= {level}
  AND (p.category IS NULL OR p.category NOT IN ({categories}))
