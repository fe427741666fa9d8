-- What people should not hold, whoever says they should, with each rule that says so
WITH excluded AS (
{excluded}
),
meant AS (
{meant}
)
SELECT x.identity_uid, x.permission_uid, x.rule, m.rule AS overridden, m.perimeter
FROM excluded x
LEFT JOIN meant m ON m.identity_uid = x.identity_uid AND m.permission_uid = x.permission_uid
