-- title: People with very many duties
-- subject: identity
-- risk: 2
-- tags: segregation of duties
-- why: Whoever can do everything is controlled by nobody, whichever pairs a matrix names.
-- mitigation: Ask the manager which duties the person really has.
-- needs: permissions.duty, rule_pack_duties
-- iso27001: 5.3
-- nist80053: AC-5
-- sox: segregation of duties
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter limit integer = 5
-- test: more duties than the limit
-- with limit = 2
-- given rule_pack_duties | identity_uid | duty
--                        | 7            | a
--                        | 7            | b
--                        | 7            | c
--                        | 8            | a
--                        | 8            | b
-- expect | uid
--        | 7
SELECT d.identity_uid AS uid
FROM rule_pack_duties d
GROUP BY d.identity_uid HAVING COUNT(*) > {limit}
