-- title: Permissions beyond what the job needs that have stood for long
-- subject: identity
-- detail: the permission
-- risk: 3
-- tags: identities, rights model
-- why: What was found weeks ago and still stands is not being dealt with.
-- mitigation: Have the manager decide now: take it away, or write a derogation.
-- needs: entitlement_gaps
-- iso27001: 5.18, 5.36
-- nist80053: AC-2, CA-7
-- sox: access removal
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 90
-- test: first seen more than the days ago
-- with as_of = 2026-11-21
-- given entitlement_gaps | identity_uid | permission_uid | gap  | first_seen_on | excused_until_on
--                        | 7            | 5              | over | 2026-08-22    |
--                        | 8            | 5              | over | 2026-08-23    |
--                        | 9            | 5              | over | 2026-01-01    | 9999-12-31
-- given permissions | uid | application | code
--                   | 5   | ERP         | PAY
-- expect | uid | detail
--        | 7   | ERP/PAY
SELECT g.identity_uid AS uid, p.application || '/' || p.code AS detail
FROM entitlement_gaps g JOIN permissions p ON p.uid = g.permission_uid
WHERE g.gap = 'over' AND g.excused_until_on IS NULL AND g.first_seen_on < {as_of} - {days}
