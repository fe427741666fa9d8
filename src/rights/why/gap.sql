-- Where what a person holds and should hold of a permission differ
SELECT g.perimeter,
       CASE WHEN g.gap = 'over' THEN 'held without reason' ELSE 'missing' END || ' since ' || CAST(g.first_seen_on AS VARCHAR)
         || CASE WHEN g.excused_until_on IS NULL THEN ''
                 WHEN g.excused_until_on = DATE '9999-12-31' THEN ', excused without end'
                 ELSE ', excused until ' || CAST(g.excused_until_on AS VARCHAR) END AS how
FROM entitlement_gaps g WHERE g.identity_uid = {person} AND g.permission_uid = {permission}
ORDER BY g.perimeter NULLS FIRST, how NULLS LAST
