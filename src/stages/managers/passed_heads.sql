-- The heads who would be nearer than the one that was found and may not manage, where no resolver before had an answer
answered AS (
  SELECT DISTINCT p.uid FROM {found} p
  WHERE p.kind = {kind} AND COALESCE(p.domain, '') = COALESCE({domain}, '') AND p.resolver IN ({before})
),
passed_heads AS (
  SELECT DISTINCT o.uid, u.head_uid AS named_uid
  FROM objects o
  JOIN organisation_closure c ON c.organisation_uid = o.organisation_uid
  JOIN {units} u ON u.uid = c.ancestor_uid
  LEFT JOIN eligible e ON e.uid = u.head_uid
  LEFT JOIN organisation_head h ON h.uid = o.uid
  LEFT JOIN answered w ON w.uid = o.uid
  WHERE u.head_uid IS NOT NULL AND e.uid IS NULL AND w.uid IS NULL AND (o.self_uid IS NULL OR o.self_uid <> u.head_uid)
    AND (h.distance IS NULL OR c.depth < h.distance){near}
)
