-- account_groups.sql: the groups an account is in, and those that these lie in
SELECT g.namespace AS repository, g.key AS member_of, s.role AS role, h.key AS inside_of, c.depth AS steps
FROM memberships s
JOIN group_closure c ON c.group_uid = s.group_uid
JOIN uids g ON g.kind = 'group' AND g.uid = s.group_uid
JOIN uids h ON h.kind = 'group' AND h.uid = c.ancestor_uid
WHERE s.account_uid IN ({account})
