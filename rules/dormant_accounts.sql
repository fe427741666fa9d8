-- title: Accounts that can log on and that nobody used
-- tags: hygiene
-- parameter days integer = 90
SELECT a.uid, a.repository, a.identifier, a.last_logon_on
FROM accounts a
WHERE a.is_enabled
  AND COALESCE(a.last_logon_on, a.created_on) < {as_of} - {days}
