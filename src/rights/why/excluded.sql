-- Which exclusions say that a person should not hold a permission, and which rules they override
SELECT DISTINCT x.perimeter,
       CASE WHEN x.overridden IS NULL THEN 'exclusion ' || x.rule
            ELSE 'granted by ' || x.overridden || ', but excluded by ' || x.rule END AS how
FROM theoretical_exclusions x WHERE x.identity_uid = {person} AND x.permission_uid = {permission}
ORDER BY x.perimeter NULLS FIRST, how NULLS LAST
