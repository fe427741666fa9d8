-- ownerless.sql: accounts that have no owner for a reason
SELECT a.repository AS repository, a.identifier AS identifier, a.display_name AS name, o.ownerless AS reason,
       o.description AS description, o.rule AS decided_by, o.decided_on AS decided_on
FROM ownership o JOIN accounts a ON a.uid = o.account_uid
WHERE o.ownerless IS NOT NULL AND {filter}
