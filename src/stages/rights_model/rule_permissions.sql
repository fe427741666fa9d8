-- What each grant gives, by itself or by a role, and what that includes; what it excepts, too
WITH named (rule, role, application, code) AS (
  VALUES {named}
),
taken (rule, application, code) AS (
  {except}
)
SELECT n.rule, n.role, p.uid AS named_uid, q.uid AS permission_uid, c.depth, t.rule IS NOT NULL AS is_excepted
FROM named n
JOIN permissions p ON p.application = n.application AND p.code = n.code
JOIN permission_closure c ON c.permission_uid = p.uid
JOIN permissions q ON q.uid = c.included_uid
LEFT JOIN taken t ON t.rule = n.rule AND t.application = q.application AND t.code = q.code
