WITH {needs}
SELECT h.control, h.kind, h.uid, h.detail, w.account_uid, w.member_of_uid AS group_uid,
       CASE WHEN w.member_of_uid IS NULL THEN w.permission_uid END AS permission_uid,
       CASE WHEN w.member_of_uid IS NULL THEN w.perimeter END AS perimeter,
       {place} AS place, w.wanted_uid, CAST(NULL AS BIGINT) AS side, CAST(NULL AS BIGINT) AS term, CAST(NULL AS BOOLEAN) AS is_held,
       CAST(NULL AS BIGINT) AS held_count
FROM control_hits h JOIN finding_ways w ON w.control = h.control AND w.uid = h.uid
WHERE h.control = {control}
UNION
SELECT h.control, h.kind, h.uid, h.detail, CAST(NULL AS BIGINT) AS account_uid, CAST(NULL AS BIGINT) AS group_uid,
       CAST(NULL AS BIGINT) AS permission_uid, CAST(NULL AS VARCHAR) AS perimeter, CAST(NULL AS VARCHAR) AS place,
       n.wanted_uid, n.side, n.term, n.is_held, n.held_count
FROM control_hits h JOIN needs n ON COALESCE(n.detail, '') = COALESCE(h.detail, '')
WHERE h.control = {control}
