-- title: Permissions beyond what the job needs that nobody excuses
-- subject: identity
-- detail: the permission
-- risk: 2
-- tags: identities, rights model
-- why: Whoever has more than the work needs can do more harm than the work asks for.
-- mitigation: Take the permission away, or have a derogation written.
-- needs: entitlement_gaps
-- iso27001: 5.15, 8.3
-- nist80053: AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: derogations excuse
-- given entitlement_gaps | identity_uid | permission_uid | gap   | first_seen_on | excused_until_on
--                        | 7            | 5              | over  | 2026-11-01    |
--                        | 8            | 5              | over  | 2026-11-01    | 2027-01-01
--                        | 9            | 5              | under | 2026-11-01    |
-- given permissions | uid | application | code
--                   | 5   | ERP         | PAY
-- expect | uid | detail
--        | 7   | ERP/PAY
SELECT g.identity_uid AS uid, p.application || '/' || p.code AS detail
FROM entitlement_gaps g JOIN permissions p ON p.uid = g.permission_uid
WHERE g.gap = 'over' AND g.excused_until_on IS NULL
