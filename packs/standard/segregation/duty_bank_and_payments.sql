-- title: People who reconcile the bank and pay
-- subject: identity
-- risk: 4
-- tags: segregation of duties
-- why: Whoever can do both can hide what they paid.
-- mitigation: Take one of the two away, or have a second person look at each case, with evidence.
-- needs: permissions.duty, rule_pack_duties
-- names: left = permissions.duty, right = permissions.duty
-- iso27001: 5.3
-- nist80053: AC-5
-- sox: segregation of duties
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter left text = 'reconcile_bank'
-- parameter right text = 'pay'
-- test: both duties, in whichever accounts
-- given rule_pack_duties | identity_uid | duty
--                        | 7            | reconcile_bank
--                        | 7            | pay
--                        | 8            | reconcile_bank
--                        | 9            | pay
-- given identities | uid
--                  | 7
--                  | 8
--                  | 9
-- expect | uid
--        | 7
SELECT l.identity_uid AS uid
FROM rule_pack_duties l JOIN rule_pack_duties r ON r.identity_uid = l.identity_uid
WHERE l.duty = {left} AND r.duty = {right}
