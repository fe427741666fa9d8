  SELECT q.uid, q.side, COALESCE(q.rule || ': ', '') || q.pair AS name
  FROM (
    SELECT d.permission_uid AS uid, 'left' AS side, d.rule, l.application || '/' || l.code || ' + ' || r.application || '/' || r.code AS pair
    FROM duty_conflicts d JOIN permissions l ON l.uid = d.permission_uid JOIN permissions r ON r.uid = d.conflicting_uid
    UNION ALL
    SELECT d.conflicting_uid AS uid, 'right' AS side, d.rule, l.application || '/' || l.code || ' + ' || r.application || '/' || r.code AS pair
    FROM duty_conflicts d JOIN permissions l ON l.uid = d.permission_uid JOIN permissions r ON r.uid = d.conflicting_uid
  ) q
