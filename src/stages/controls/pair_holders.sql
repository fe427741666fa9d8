WITH {literals},
wanted AS (
  SELECT DISTINCT l.uid, 'any' AS side, l.name FROM literals l
),
{held}{exercised}
SELECT DISTINCT l.uid AS uid, q.detail AS detail
FROM duty_pairs q
JOIN exercised l ON l.duty = q.left_duty
JOIN exercised r ON r.duty = q.right_duty AND r.uid = l.uid AND r.place = l.place
WHERE q.control = {control}
