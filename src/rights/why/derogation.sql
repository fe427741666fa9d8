-- Who allowed a person to hold a permission, or to lack it
SELECT d.perimeter,
       COALESCE(d.reason, 'no reason given')
         || CASE WHEN d.until_on IS NULL THEN ', without end' ELSE ', until ' || CAST(d.until_on AS VARCHAR) END AS how
FROM derogations d WHERE d.identity_uid = {person} AND d.permission_uid = {permission}
ORDER BY d.perimeter NULLS FIRST, how NULLS LAST
