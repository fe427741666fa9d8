-- title: People who hold both of a pair of the collected matrix
-- subject: identity
-- detail: the pair
-- risk: 3
-- tags: segregation of duties
-- why: Somebody decided that nobody may do both.
-- mitigation: Take one of the two away, or have a second person look at each case, with evidence.
-- needs: duty_conflicts
-- iso27001: 5.3
-- nist80053: AC-5
-- sox: segregation of duties
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: a pair by its own name
-- given duty_conflicts | rule | permission_uid | conflicting_uid
--                      | S1   | 5              | 6
--                      | S2   | 5              | 8
-- given permissions | uid | application | code
--                   | 5   | ERP         | PAY
--                   | 6   | ERP         | BUY
--                   | 8   | ERP         | SEE
-- given effective_rights | identity_uid | permission_uid | perimeter
--                        | 7            | 5              |
--                        | 7            | 6              | FR
--                        | 7            | 6              | DE
--                        | 8            | 5              |
-- expect | uid | detail
--        | 7   | S1: ERP/PAY + ERP/BUY
WITH concerned AS (
  SELECT d.permission_uid AS uid FROM duty_conflicts d
  UNION
  SELECT d.conflicting_uid AS uid FROM duty_conflicts d
),
held AS (
  SELECT DISTINCT r.identity_uid, r.permission_uid FROM effective_rights r JOIN concerned c ON c.uid = r.permission_uid
)
SELECT l.identity_uid AS uid, COALESCE(d.rule || ': ', '') || p.application || '/' || p.code || ' + ' || q.application || '/' || q.code AS detail
FROM duty_conflicts d
JOIN held l ON l.permission_uid = d.permission_uid
JOIN held r ON r.permission_uid = d.conflicting_uid AND r.identity_uid = l.identity_uid
JOIN permissions p ON p.uid = d.permission_uid
JOIN permissions q ON q.uid = d.conflicting_uid
