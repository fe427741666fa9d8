-- Without a rule about leavers, everyone listed is active.
SELECT i.uid AS uid,
       'active' AS status,
       CAST(NULL AS VARCHAR) AS reason,
       CAST(NULL AS VARCHAR) AS detail,
       CASE WHEN b.status = 'active' THEN b.since_on ELSE {as_of} END AS since_on,
       CAST(NULL AS DATE) AS departed_on,
       CAST(NULL AS DATE) AS detected_on
FROM identities i
LEFT JOIN before_identity_status b ON b.uid = i.uid
