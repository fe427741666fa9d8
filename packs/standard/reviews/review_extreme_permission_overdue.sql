-- title: Permissions of extreme sensitivity not reviewed for long
-- subject: permission
-- risk: 1
-- tags: reviews, sensitivity
-- why: What nobody has looked at for so long is what it has become, not what somebody decided.
-- mitigation: Have it reviewed, and enter the day.
-- needs: permissions.reviewed_on, permissions.sensitivity
-- iso27001: 5.18
-- nist80053: AC-2, AC-6(7)
-- sox: access review
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 30
-- parameter level integer = 4
-- test: never reviewed, or longer ago than the days
-- with as_of = 2026-11-21
-- given permissions | uid | sensitivity | reviewed_on
--                   | 1   | 4           |
--                   | 2   | 4           | 2026-10-21
--                   | 3   | 4           | 2026-10-23
--                   | 4   | 3           |
-- expect | uid
--        | 1
--        | 2
SELECT p.uid
FROM permissions p
WHERE (p.reviewed_on IS NULL OR p.reviewed_on < {as_of} - {days}) AND p.sensitivity >= {level}
