-- title: Accounts that have become privileged since the load before
-- subject: account
-- risk: 3
-- tags: accounts, privileged, new
-- why: Whoever gains the widest rights is to be known to somebody who agreed.
-- mitigation: Hold it against the request that was approved; take it away where there is none.
-- needs: accounts.is_privileged
-- iso27001: 5.18, 8.2
-- nist80053: AC-2(4), AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: new accounts and changed ones, and none on a first load
-- given accounts | uid | is_enabled | is_privileged
--                | 1   | true       | true
--                | 2   | true       | true
--                | 3   | true       | true
--                | 4   | true       | false
-- given before_accounts | uid | is_privileged
--                       | 1   | false
--                       | 2   | true
-- expect | uid
--        | 1
--        | 3
SELECT a.uid
FROM accounts a
CROSS JOIN (SELECT COUNT(*) AS accounts FROM before_accounts) before
WHERE COALESCE(a.is_enabled, TRUE) AND a.is_privileged AND before.accounts > 0
  AND NOT EXISTS (SELECT 1 FROM before_accounts b WHERE b.uid = a.uid AND b.is_privileged)
