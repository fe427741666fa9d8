-- accounts that are open for longer than allowed after their owner left, and for how many days the worst of them
SELECT COUNT(*) AS accounts, COALESCE(MAX(v.days_overdue), 0) AS most_days
FROM overdue_accounts v
