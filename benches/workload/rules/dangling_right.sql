-- title: Rights of accounts that no repository lists, or to permissions that no application lists
-- tags: right

SELECT u.account_repository, u.account_key, u.permission_key
FROM unresolved_rights u
WHERE u.account_key IS NOT NULL
