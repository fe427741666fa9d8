-- title: People with another unit who lost no permission
-- subject: identity
-- risk: 2
-- tags: identities, movers
-- why: Who moves and keeps everything gathers the rights of a whole career.
-- mitigation: Ask both managers which rights the new unit needs; take the others away.
-- needs: identities.organisation, rule_pack_people
-- iso27001: 5.18, 6.5
-- nist80053: PS-5, AC-2
-- sox: access modification
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- test: one lost permission says that somebody looked
-- given identity_movements | uid | is_organisation_changed | is_permission_changed
--                          | 1   | true                    | false
--                          | 2   | true                    | true
--                          | 3   | false                   | false
--                          | 4   | true                    | true
-- given link_changes | kind     | uid | change | related_kind | related_uid
--                    | identity | 2   | lost   | permission   | 8
--                    | identity | 4   | gained | permission   | 8
-- given rule_pack_people | identity_uid | rights
--                        | 1            | 9
--                        | 2            | 9
--                        | 3            | 9
--                        | 4            | 9
-- expect | uid
--        | 1
--        | 4
SELECT m.uid
FROM identity_movements m
WHERE m.is_organisation_changed
  AND EXISTS (SELECT 1 FROM rule_pack_people r WHERE r.identity_uid = m.uid)
  AND NOT EXISTS (SELECT 1 FROM link_changes c WHERE c.kind = 'identity' AND c.uid = m.uid
                  AND c.change = 'lost' AND c.related_kind = 'permission')
