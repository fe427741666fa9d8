-- what every exception comes to on this day
WITH named AS (
  SELECT x.exception, x.control, x.kind, u.uid, COALESCE(x.namespace || '/', '') || x.key AS subject, x.detail, x.owner, x.reason,
         x.valid_from, x.valid_until, x.ticket, x.problem, x.line,
         CASE WHEN x.problem IS NOT NULL THEN 'rejected'
              WHEN x.valid_from > {as_of} THEN 'waiting'
              WHEN x.valid_until < {as_of} THEN 'expired'
              ELSE 'holds' END AS state
  FROM exceptions x
  LEFT JOIN uids u ON u.kind = x.kind AND u.namespace = COALESCE(x.namespace, '') AND u.key = x.key
),
about AS (
  SELECT n.exception, CAST(COUNT(*) FILTER (WHERE f.state <> 'fixed') AS BIGINT) AS standing
  FROM named n
  JOIN findings f ON f.control = n.control AND f.kind = n.kind AND f.uid = n.uid AND (n.detail IS NULL OR n.detail = f.detail)
  WHERE n.problem IS NULL
  GROUP BY n.exception
),
counted AS (
  SELECT n.*, a.standing, CASE WHEN n.problem IS NULL THEN COALESCE(a.standing, 0) ELSE 0 END AS findings
  FROM named n LEFT JOIN about a ON a.exception = n.exception
)
SELECT c.exception, c.control, c.kind, c.uid, c.subject, c.detail, c.owner, c.reason, c.valid_from, c.valid_until, c.ticket, c.state,
       COALESCE(c.state = 'holds' AND c.valid_until <= {alarm_on}, FALSE) AS is_ending,
       c.findings,
       CASE WHEN c.problem IS NOT NULL THEN c.problem
            WHEN c.findings > 0 THEN NULL
            WHEN c.control NOT IN ({controls}) THEN 'the plan has no such control'
            WHEN c.uid IS NULL THEN 'nothing ever had this key'
            WHEN c.standing = 0 THEN 'what it excepts is fixed'
            ELSE 'the control never found it' END AS remark,
       c.line
FROM counted c
