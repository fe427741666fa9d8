-- Which grants of a person lead to a permission and except it. Whoever a grant gives anything is among its people, though
-- exclusions may override all of it
WITH granted AS (
  SELECT t.rule, t.perimeter FROM theoretical_rights t WHERE t.identity_uid = {person}
  UNION
  SELECT x.overridden AS rule, x.perimeter FROM theoretical_exclusions x WHERE x.identity_uid = {person}
)
SELECT DISTINCT g.perimeter, 'granted by ' || g.rule || ', but excepted there' AS how
FROM granted g JOIN rule_permissions p ON p.rule = g.rule
WHERE p.permission_uid = {permission} AND p.is_excepted
ORDER BY g.perimeter NULLS FIRST, how NULLS LAST
