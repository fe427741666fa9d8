-- title: Memberships past their last day
-- subject: group
-- detail: the account
-- risk: 2
-- tags: groups, external
-- why: Somebody decided that access ends, and it did not.
-- mitigation: Take the account out, or decide a new last day.
-- needs: memberships.expires_on
-- iso27001: 5.18, 5.36
-- nist80053: AC-2, CA-7
-- sox: access removal
-- nis2: 21(2)(f), 21(2)(i)
-- dora: 9(4)(c)
-- test: the last day itself is a day of membership
-- with as_of = 2026-11-21
-- given groups | uid
--              | 1
--              | 2
-- given accounts | uid | repository | identifier
--                | 50  | AD         | ann
-- given memberships | account_uid | group_uid | expires_on
--                   | 50          | 1         | 2026-11-20
--                   | 50          | 2         | 2026-11-21
-- expect | uid | detail
--        | 1   | AD/ann
SELECT m.group_uid AS uid, a.repository || '/' || a.identifier AS detail
FROM memberships m JOIN accounts a ON a.uid = m.account_uid
WHERE m.expires_on < {as_of}
