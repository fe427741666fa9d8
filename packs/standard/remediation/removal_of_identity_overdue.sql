-- title: People who should have no access any more
-- subject: identity
-- risk: 3
-- tags: remediation
-- why: Somebody decided, and nothing happened: who reads the decision believes otherwise.
-- mitigation: Carry it out, or take the decision back.
-- needs: identities.removal_due_on, rule_pack_accounts
-- iso27001: 5.18, 5.36
-- nist80053: AC-2, CA-7
-- sox: access removal
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- test: the day itself is still in time
-- with as_of = 2026-11-21
-- given identities | uid | removal_due_on
--                  | 1   | 2026-11-20
--                  | 2   | 2026-11-21
--                  | 3   | 2026-11-20
-- given rule_pack_accounts | account_uid | is_open | identity_uid
--                          | 11          | true    | 1
--                          | 12          | true    | 2
--                          | 13          | false   | 3
-- expect | uid
--        | 1
SELECT DISTINCT i.uid
FROM identities i JOIN rule_pack_accounts a ON a.identity_uid = i.uid AND a.is_open
WHERE i.removal_due_on < {as_of}
