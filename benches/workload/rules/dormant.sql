-- title: Accounts that can log on and that nobody has used for a while
-- tags: account
-- parameter days integer = 90

SELECT a.uid
FROM accounts a
WHERE a.is_enabled AND COALESCE(a.last_logon_on, a.created_on) < {as_of} - {days}
