bringing AS (
  SELECT w.uid AS permission_uid, w.side, w.name FROM wanted w
  UNION
  SELECT c.permission_uid, w.side, w.name FROM permission_closure c JOIN wanted w ON w.uid = c.included_uid
),
granting AS (
  SELECT DISTINCT r.group_uid, b.side, b.name, {perimeter} AS perimeter
  FROM rights r JOIN bringing b ON b.permission_uid = r.permission_uid
  WHERE r.group_uid IS NOT NULL
),
inner_groups AS (
  SELECT g.group_uid, g.side, g.name, g.perimeter FROM granting g
  UNION
  SELECT c.group_uid, g.side, g.name, g.perimeter FROM group_closure c JOIN granting g ON g.group_uid = c.ancestor_uid
),
held AS (
  SELECT r.account_uid AS uid, b.side, b.name, {perimeter} AS perimeter
  FROM rights r JOIN bringing b ON b.permission_uid = r.permission_uid
  WHERE r.account_uid IS NOT NULL
  UNION
  SELECT m.account_uid AS uid, i.side, i.name, i.perimeter FROM memberships m JOIN inner_groups i ON i.group_uid = m.group_uid
  WHERE m.account_uid IS NOT NULL
)
