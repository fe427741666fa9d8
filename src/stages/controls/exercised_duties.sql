-- Which duties those whom control {control} found exercise, and where
WITH {literals},
held AS (
  SELECT DISTINCT r.uid, l.name, {perimeter} AS perimeter
  FROM finding_ways r JOIN literals l ON l.uid = r.wanted_uid
  WHERE r.control = {control}
){exercised}
SELECT DISTINCT {control} AS control, x.uid, CASE WHEN x.place <> '' THEN SUBSTR(x.place, 4) END AS perimeter, x.duty, x.term
FROM exercised x
