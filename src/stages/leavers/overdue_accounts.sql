-- Accounts that nobody says are disabled, of people who left so long ago that they should be.
SELECT a.uid AS account_uid, d.uid AS identity_uid, d.reason AS reason, d.departed_on AS departed_on, d.detected_on AS detected_on,
       CAST(d.departed_on + INTERVAL '{days} days' AS DATE) AS due_on,
       CAST((DATE_PART('epoch', {as_of}) - DATE_PART('epoch', d.departed_on)) / 86400 AS BIGINT) - {days} AS days_overdue
FROM accounts a
JOIN ownership o ON o.account_uid = a.uid
JOIN departures d ON d.uid = COALESCE(o.identity_uid, o.former_uid)
WHERE COALESCE(a.is_enabled, TRUE) AND d.departed_on < {last_day}{but}
