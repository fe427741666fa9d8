-- Who is active, and why not: a departure day that is over, or the plan's rule.
WITH judged AS (
  SELECT i.uid AS uid,
         CASE WHEN i.departure_on {before} {last_day} THEN 'departed'
              WHEN (
{active}
              ) IS NOT TRUE THEN 'by_rule'
         END AS reason
  FROM identities i
)
SELECT j.uid AS uid,
       CASE WHEN j.reason IS NULL THEN 'active' ELSE 'inactive' END AS status,
       j.reason AS reason,
       CASE WHEN b.uid IS NOT NULL AND (j.reason IS NOT DISTINCT FROM b.reason) THEN b.since_on ELSE {as_of} END AS since_on
FROM judged j
LEFT JOIN before_identity_status b ON b.uid = j.uid
