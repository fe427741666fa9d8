-- title: Permissions not reviewed for long
-- subject: permission
-- risk: 1
-- tags: reviews
-- why: What nobody has looked at for so long is what it has become, not what somebody decided.
-- mitigation: Have it reviewed, and enter the day.
-- needs: permissions.reviewed_on
-- iso27001: 5.18
-- nist80053: AC-2, AC-6(7)
-- sox: access review
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 365
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: never reviewed, or longer ago than the days
-- with as_of = 2026-11-21
-- given permissions | uid | category | reviewed_on
--                   | 1   | role     |
--                   | 2   | role     | 2025-11-20
--                   | 3   | role     | 2025-11-21
--                   | 4   | folder   |
-- expect | uid
--        | 1
--        | 2
SELECT p.uid
FROM permissions p
WHERE (p.reviewed_on IS NULL OR p.reviewed_on < {as_of} - {days})
  AND (p.category IS NULL OR p.category NOT IN ({categories}))
