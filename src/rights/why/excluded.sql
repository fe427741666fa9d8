-- Which exclusions say that a person should not hold a permission
SELECT DISTINCT CAST(NULL AS VARCHAR) AS perimeter, 'exclusion ' || x.rule AS how
FROM theoretical_exclusions x WHERE x.identity_uid = {person} AND x.permission_uid = {permission}
ORDER BY how NULLS LAST
