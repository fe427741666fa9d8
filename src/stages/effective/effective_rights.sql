-- Who can do what: rights of one's accounts, of the groups these are in at any depth, and all that these include
WITH owned AS (
  SELECT account_uid, identity_uid FROM ownership WHERE identity_uid IS NOT NULL
),
-- Each group once per person, however many accounts and inner groups lead to it, before rights are multiplied.
inner_groups AS (
  SELECT DISTINCT o.identity_uid, m.group_uid FROM memberships m JOIN owned o ON o.account_uid = m.account_uid
),
all_groups AS (
  SELECT DISTINCT i.identity_uid, c.ancestor_uid AS group_uid
  FROM inner_groups i JOIN group_closure c ON c.group_uid = i.group_uid
),
held AS (
  SELECT o.identity_uid, r.permission_uid, r.perimeter, TRUE AS by_account
  FROM rights r JOIN owned o ON o.account_uid = r.account_uid
  UNION ALL
  SELECT g.identity_uid, r.permission_uid, r.perimeter, FALSE AS by_account
  FROM rights r JOIN all_groups g ON g.group_uid = r.group_uid
)
SELECT h.identity_uid, c.included_uid AS permission_uid, h.perimeter,
       BOOL_OR(h.by_account AND c.depth = 0) AS is_direct,
       BOOL_OR(NOT h.by_account) AS is_through_group,
       BOOL_OR(c.depth > 0) AS is_through_role
FROM held h JOIN permission_closure c ON c.permission_uid = h.permission_uid
GROUP BY h.identity_uid, c.included_uid, h.perimeter
