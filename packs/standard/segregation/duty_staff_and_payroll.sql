-- title: People who maintain staff and run the payroll
-- subject: identity
-- risk: 4
-- tags: segregation of duties
-- why: Whoever can do both can pay people who do not exist.
-- mitigation: Take one of the two away, or have a second person look at each case, with evidence.
-- needs: permissions.duty, rule_pack_duties
-- names: left = permissions.duty, right = permissions.duty
-- iso27001: 5.3
-- nist80053: AC-5
-- sox: segregation of duties
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter left text = 'maintain_staff'
-- parameter right text = 'run_payroll'
-- test: both duties, in whichever accounts
-- given rule_pack_duties | identity_uid | duty
--                        | 7            | maintain_staff
--                        | 7            | run_payroll
--                        | 8            | maintain_staff
--                        | 9            | run_payroll
-- given identities | uid
--                  | 7
--                  | 8
--                  | 9
-- expect | uid
--        | 7
SELECT l.identity_uid AS uid
FROM rule_pack_duties l JOIN rule_pack_duties r ON r.identity_uid = l.identity_uid
WHERE l.duty = {left} AND r.duty = {right}
