-- who is present, and how bad the worst open finding about them or their accounts is
SELECT COUNT(*) AS present,
       COUNT(CASE WHEN s.status = 'active' THEN 1 END) AS active,
       COUNT(CASE WHEN s.status <> 'active' THEN 1 END) AS inactive,
       COUNT(CASE WHEN w.risk IS NULL THEN 1 END) AS risk_none,
       COUNT(CASE WHEN w.risk = 0 THEN 1 END) AS risk_0,
       COUNT(CASE WHEN w.risk = 1 THEN 1 END) AS risk_1,
       COUNT(CASE WHEN w.risk = 2 THEN 1 END) AS risk_2,
       COUNT(CASE WHEN w.risk = 3 THEN 1 END) AS risk_3,
       COUNT(CASE WHEN w.risk = 4 THEN 1 END) AS risk_4,
       COUNT(CASE WHEN w.risk = 5 THEN 1 END) AS risk_5,
       COUNT(CASE WHEN w.risk >= 4 THEN 1 END) AS risk_high
FROM identities i
LEFT JOIN identity_status s ON s.uid = i.uid
LEFT JOIN (
  SELECT p.identity_uid, MAX(p.risk) AS risk
  FROM (
    SELECT f.uid AS identity_uid, f.risk FROM findings f WHERE f.kind = 'identity' AND f.state <> 'fixed' AND f.excepted_until_on IS NULL
    UNION ALL
    SELECT o.identity_uid, f.risk
    FROM findings f
    JOIN ownership o ON o.account_uid = f.uid
    WHERE f.kind = 'account' AND f.state <> 'fixed' AND f.excepted_until_on IS NULL AND o.identity_uid IS NOT NULL
  ) p
  GROUP BY p.identity_uid
) w ON w.identity_uid = i.uid
