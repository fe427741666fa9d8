-- title: New access to folders that few people of the same job and unit reach
-- subject: identity
-- detail: the permission
-- risk: 3
-- tags: identities, atypical, new
-- why: What colleagues do not need, one does not need either, as a rule: it came with an earlier job or a mistake.
-- mitigation: Ask the manager whether the person needs it; take it away or name the reason.
-- needs: permissions.category, rule_pack_atypical_rights
-- iso27001: 5.15, 5.18
-- nist80053: AC-6, AC-6(7)
-- sox: access review
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: what the shared question finds, by permission
-- given rule_pack_atypical_rights | identity_uid | permission_uid
--                                 | 7            | 5
--                                 | 7            | 6
--                                 | 8            | 5
-- given identities | uid
--                  | 7
--                  | 8
--                  | 9
-- given permissions | uid | application | code | sensitivity | category
--                   | 5   | ERP         | PAY  | 4           | folder
--                   | 6   | ERP         | SEE  | 1           | role
-- given link_changes | kind     | uid | change | related_kind | related_uid
--                    | identity | 7   | gained | permission   | 5
--                    | identity | 7   | gained | permission   | 6
--                    | identity | 8   | lost   | permission   | 5
-- expect | uid | detail
--        | 7   | ERP/PAY
SELECT DISTINCT x.identity_uid AS uid, p.application || '/' || p.code AS detail
FROM rule_pack_atypical_rights x
JOIN permissions p ON p.uid = x.permission_uid
JOIN link_changes c ON c.kind = 'identity' AND c.uid = x.identity_uid AND c.change = 'gained'
  AND c.related_kind = 'permission' AND c.related_uid = x.permission_uid
WHERE p.category IN ({categories})
