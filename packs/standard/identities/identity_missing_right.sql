-- title: Permissions that the job needs and that are missing
-- subject: identity
-- detail: the permission
-- risk: 0
-- tags: identities, rights model
-- why: Who lacks what the work needs borrows it from somebody.
-- mitigation: Give the permission, or correct the rights model.
-- needs: entitlement_gaps
-- iso27001: 5.15, 8.3
-- nist80053: AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter days integer = 7
-- test: missing for longer than the days
-- with as_of = 2026-11-21
-- given entitlement_gaps | identity_uid | permission_uid | gap   | first_seen_on
--                        | 7            | 5              | under | 2026-11-13
--                        | 8            | 5              | under | 2026-11-14
--                        | 9            | 5              | over  | 2026-01-01
-- given permissions | uid | application | code
--                   | 5   | ERP         | PAY
-- expect | uid | detail
--        | 7   | ERP/PAY
SELECT g.identity_uid AS uid, p.application || '/' || p.code AS detail
FROM entitlement_gaps g JOIN permissions p ON p.uid = g.permission_uid
WHERE g.gap = 'under' AND g.first_seen_on < {as_of} - {days}
