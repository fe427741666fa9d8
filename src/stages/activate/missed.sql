-- Whom the source listed and does not list now: a load counts where it is complete and names them in no reject. Nothing is
-- counted beyond the grace. Who was gone in the parent is no longer followed.
SELECT b.uid AS uid, {source} AS source,
       CASE WHEN {counts} AND b.missed_loads <= {grace_loads} THEN b.missed_loads + 1 ELSE b.missed_loads END AS missed_loads,
       COALESCE(b.last_listed_on, {parent}) AS last_listed_on,
       CASE WHEN {counts} THEN COALESCE(b.missed_on, {as_of}) ELSE b.missed_on END AS missed_on
FROM {former} b
LEFT JOIN ({rejected}) r ON r.named_uid = b.uid
WHERE b.source = {source}
  AND NOT EXISTS (SELECT 1 FROM staged_identities s WHERE s.source = {source} AND s.uid = b.uid)
  AND EXISTS (SELECT 1 FROM before_identities p WHERE p.uid = b.uid)
