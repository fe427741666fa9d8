-- identity_rights.sql: what a person holds and should hold, in each perimeter apart, with what the rights model says of it
WITH gaps AS (
  SELECT g.permission_uid AS permission_uid, g.gap AS gap, g.perimeter AS perimeter, g.first_seen_on AS first_seen_on,
         g.excused_until_on AS excused_until_on
  FROM entitlement_gaps g WHERE g.identity_uid IN ({person})
), meant AS (
  -- Where perimeters are judged, each in which something is missing has a gap of its own.
  SELECT DISTINCT t.permission_uid AS permission_uid, t.perimeter AS perimeter, t.rule AS rule, g.gap IS NOT NULL AS is_missing
  FROM theoretical_rights t
  LEFT JOIN gaps g ON g.permission_uid = t.permission_uid AND g.gap = 'under' AND COALESCE(g.perimeter, '') = COALESCE(t.perimeter, '')
  WHERE t.identity_uid IN ({person})
), whole AS (
  -- Where perimeters are not judged, one gap without a perimeter speaks of all in which something is held: nothing is due at all.
  -- Where they are, it speaks of what is held everywhere, and whatever else is held without reason has a gap of its own.
  SELECT g.permission_uid AS permission_uid, g.gap AS gap, g.first_seen_on AS first_seen_on, g.excused_until_on AS excused_until_on
  FROM gaps g
  WHERE g.gap = 'over' AND g.perimeter IS NULL AND NOT EXISTS (SELECT 1 FROM meant m WHERE m.permission_uid = g.permission_uid)
), facts AS (
  SELECT e.permission_uid AS permission_uid, e.perimeter AS perimeter, TRUE AS is_held,
         TRIM(CASE WHEN e.is_direct THEN 'direct ' ELSE '' END || CASE WHEN e.is_through_group THEN 'group ' ELSE '' END
              || CASE WHEN e.is_through_role THEN 'role' ELSE '' END) AS held,
         COALESCE(g.gap, w.gap) AS gap, CASE WHEN g.gap IS NULL THEN w.first_seen_on ELSE g.first_seen_on END AS first_seen_on,
         CASE WHEN g.gap IS NULL THEN w.excused_until_on ELSE g.excused_until_on END AS excused_until_on
  FROM effective_rights e
  LEFT JOIN gaps g ON g.permission_uid = e.permission_uid AND g.gap = 'over' AND COALESCE(g.perimeter, '') = COALESCE(e.perimeter, '')
  LEFT JOIN whole w ON w.permission_uid = e.permission_uid
  WHERE e.identity_uid IN ({person})
  UNION ALL
  SELECT g.permission_uid AS permission_uid, g.perimeter AS perimeter, FALSE AS is_held, 'not held' AS held, g.gap AS gap,
         g.first_seen_on AS first_seen_on, g.excused_until_on AS excused_until_on
  FROM gaps g WHERE g.gap = 'under'
), spoken AS (
  -- Whether each rule speaks of the very perimeter: of what is held also one that is fulfilled no matter where.
  SELECT f.permission_uid AS permission_uid, f.perimeter AS perimeter, m.rule AS rule,
         CASE WHEN f.is_held THEN m.perimeter IS NULL OR COALESCE(m.perimeter = f.perimeter, FALSE)
              WHEN f.perimeter IS NULL THEN m.perimeter IS NULL OR NOT m.is_missing
              ELSE COALESCE(m.perimeter = f.perimeter, FALSE) END AS is_there
  FROM facts f JOIN meant m ON m.permission_uid = f.permission_uid
), rules AS (
  SELECT s.permission_uid AS permission_uid, s.perimeter AS perimeter,
         MIN(CASE WHEN s.is_there THEN s.rule END) AS rule_there, COUNT(DISTINCT CASE WHEN s.is_there THEN s.rule END) AS rules_there,
         MIN(s.rule) AS rule, COUNT(DISTINCT s.rule) AS rules
  FROM spoken s GROUP BY s.permission_uid, s.perimeter
), said AS (
  -- What is held without a gap is justified: by a rule for another perimeter, where these are not judged.
  SELECT f.permission_uid AS permission_uid, f.perimeter AS perimeter, f.held AS held, f.gap AS gap, f.first_seen_on AS first_seen_on,
         f.excused_until_on AS excused_until_on,
         CASE WHEN r.rules_there = 0 AND f.gap IS NULL THEN r.rule ELSE r.rule_there END AS rule,
         CASE WHEN r.rules_there = 0 AND f.gap IS NULL THEN r.rules ELSE r.rules_there END AS rules
  FROM facts f
  LEFT JOIN rules r ON r.permission_uid = f.permission_uid AND COALESCE(r.perimeter, '') = COALESCE(f.perimeter, '')
)
SELECT u.namespace AS application, u.key AS permission, p.name AS name, s.perimeter AS perimeter, s.held AS held,
       CASE WHEN s.rules > 1 THEN s.rule || ' and ' || CAST(s.rules - 1 AS VARCHAR) || ' more' ELSE s.rule END AS should_by,
       s.gap AS gap, s.first_seen_on AS gap_since, s.excused_until_on AS excused_until
FROM said s
JOIN uids u ON u.kind = 'permission' AND u.uid = s.permission_uid
LEFT JOIN permissions p ON p.uid = s.permission_uid
