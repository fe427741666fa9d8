-- title: Accounts without an owner and without a reason for it
-- tags: hygiene
SELECT a.uid, a.repository, a.identifier
FROM accounts a
WHERE NOT EXISTS (SELECT 1 FROM ownership o WHERE o.account_uid = a.uid)
