-- title: How many accounts were in each group in the load before
-- needs: memberships
-- test: only accounts count
-- given before_memberships | account_uid | member_group_uid | group_uid
--                          | 5           |                  | 1
--                          | 6           |                  | 1
--                          |             | 2                | 1
-- expect | group_uid | accounts
--        | 1         | 2
SELECT m.group_uid, COUNT(m.account_uid) AS accounts FROM before_memberships m GROUP BY m.group_uid
