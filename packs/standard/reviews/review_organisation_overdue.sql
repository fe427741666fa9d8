-- title: Units not reviewed for long
-- subject: organisation
-- risk: 1
-- tags: reviews
-- why: What nobody has looked at for so long is what it has become, not what somebody decided.
-- mitigation: Have it reviewed, and enter the day.
-- needs: organisations.reviewed_on
-- iso27001: 5.18
-- nist80053: AC-2, AC-6(7)
-- sox: access review
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 365
-- test: never reviewed, or longer ago than the days
-- with as_of = 2026-11-21
-- given organisations | uid | reviewed_on
--                     | 1   |
--                     | 2   | 2025-11-20
--                     | 3   | 2025-11-21
-- expect | uid
--        | 1
--        | 2
SELECT o.uid
FROM organisations o
WHERE (o.reviewed_on IS NULL OR o.reviewed_on < {as_of} - {days})
