-- title: Accounts of external people without a last day
-- subject: account
-- risk: 2
-- tags: accounts, external
-- why: When the contract ends nothing ends by itself.
-- mitigation: Set the last day of the account to that of the contract.
-- needs: accounts.expires_on, identities.contract, rule_pack_accounts
-- iso27001: 5.18, 5.19
-- nist80053: AC-2(3), PS-7
-- sox: access removal
-- nis2: 21(2)(d), 21(2)(i)
-- dora: 9(4)(c)
-- parameter external texts = 'EXTERNAL,CONTRACTOR,External,Contractor,external,contractor'
-- test: by the contract of the owner
-- given accounts | uid | expires_on
--                | 1   |
--                | 2   | 2026-12-31
--                | 3   |
-- given rule_pack_accounts | account_uid | is_open | identity_uid
--                          | 1           | true    | 7
--                          | 2           | true    | 7
--                          | 3           | true    | 8
-- given identities | uid | contract
--                  | 7   | EXTERNAL
--                  | 8   | PERMANENT
-- expect | uid
--        | 1
SELECT b.uid
FROM accounts b
JOIN rule_pack_accounts a ON a.account_uid = b.uid
JOIN identities i ON i.uid = a.identity_uid
WHERE a.is_open AND b.expires_on IS NULL AND i.contract IN ({external})
