-- title: People who reach one application through several accounts
-- subject: identity
-- detail: the application
-- risk: 2
-- tags: identities, least
-- why: Rights that are apart in two accounts come together in one person.
-- mitigation: Bring the rights together in one account, where duties do not exclude each other.
-- needs: rule_pack_reached
-- iso27001: 5.15, 8.3
-- nist80053: AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter limit integer = 1
-- test: rights that accounts hold themselves
-- given rule_pack_reached | account_uid | identity_uid | first_permission_uid
--                         | 1           | 7            | 8
--                         | 2           | 7            | 8
--                         | 3           | 8            | 8
--                         | 3           | 8            | 10
-- given permissions | uid | application | code
--                   | 8   | ERP         | A
--                   | 9   | ERP         | B
-- expect | uid | detail
--        | 7   | ERP
WITH several AS (
  SELECT o.identity_uid, o.first_permission_uid FROM rule_pack_reached o
  GROUP BY o.identity_uid, o.first_permission_uid HAVING COUNT(*) > {limit}
)
SELECT s.identity_uid AS uid, p.application AS detail
FROM several s JOIN permissions p ON p.uid = s.first_permission_uid
