-- identity_accounts.sql: the accounts of a person, and how it was found that they are theirs
SELECT a.repository AS repository, a.identifier AS identifier, a.display_name AS name, a.status AS status,
       a.is_enabled AS enabled, a.is_privileged AS privileged, a.last_logon_on AS last_log_on, o.rule AS found_by,
       o.description AS why, o.decided_on AS decided_on
FROM ownership o JOIN accounts a ON a.uid = o.account_uid
WHERE o.identity_uid IN ({person}) AND o.account_uid IN ({accounts}) AND a.uid IN ({accounts})
