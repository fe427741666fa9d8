-- title: Accounts past their last day that can still log on
-- subject: account
-- risk: 3
-- tags: accounts, external
-- why: Somebody decided that access ends, and it did not.
-- mitigation: Disable the account, or decide a new last day.
-- needs: accounts.expires_on
-- iso27001: 5.16, 5.18
-- nist80053: AC-2(3)
-- sox: access removal
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: the last day itself is a day of use
-- with as_of = 2026-11-21
-- given accounts | uid | is_enabled | expires_on
--                | 1   | true       | 2026-11-20
--                | 2   | true       | 2026-11-21
--                | 3   | false      | 2026-11-20
--                | 4   | true       |
-- expect | uid
--        | 1
SELECT a.uid
FROM accounts a
WHERE COALESCE(a.is_enabled, TRUE) AND a.expires_on < {as_of}
