-- title: People who maintain customers and write credit notes
-- subject: identity
-- risk: 3
-- tags: segregation of duties
-- why: Whoever can do both can send money to an invented customer.
-- mitigation: Take one of the two away, or have a second person look at each case, with evidence.
-- needs: permissions.duty, rule_pack_duties
-- names: left = permissions.duty, right = permissions.duty
-- iso27001: 5.3
-- nist80053: AC-5
-- sox: segregation of duties
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter left text = 'maintain_customers'
-- parameter right text = 'write_credit_notes'
-- test: both duties, in whichever accounts
-- given rule_pack_duties | identity_uid | duty
--                        | 7            | maintain_customers
--                        | 7            | write_credit_notes
--                        | 8            | maintain_customers
--                        | 9            | write_credit_notes
-- given identities | uid
--                  | 7
--                  | 8
--                  | 9
-- expect | uid
--        | 7
SELECT l.identity_uid AS uid
FROM rule_pack_duties l JOIN rule_pack_duties r ON r.identity_uid = l.identity_uid
WHERE l.duty = {left} AND r.duty = {right}
