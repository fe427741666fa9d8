-- Without a rule about leavers, everyone listed is active.
SELECT i.uid AS uid,
       'active' AS status,
       CAST(NULL AS VARCHAR) AS reason,
       CASE WHEN b.status = 'active' THEN b.since_on ELSE {as_of} END AS since_on
FROM identities i
LEFT JOIN before_identity_status b ON b.uid = i.uid
