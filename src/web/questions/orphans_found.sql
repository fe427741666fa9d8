SELECT a.uid AS uid, a.repository AS repository, a.identifier AS identifier
  FROM accounts a
  WHERE NOT EXISTS (SELECT 1 FROM ownership o WHERE o.account_uid = a.uid) AND {filter}
