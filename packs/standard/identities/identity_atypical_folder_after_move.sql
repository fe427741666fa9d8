-- title: Folders that few people of the same job and unit reach, with people who have just moved
-- subject: identity
-- detail: the permission
-- risk: 2
-- tags: identities, atypical, movers
-- why: What colleagues do not need, one does not need either, as a rule: it came with an earlier job or a mistake.
-- mitigation: Ask the manager whether the person needs it; take it away or name the reason.
-- needs: permissions.category, rule_pack_atypical_rights
-- iso27001: 5.18, 6.5
-- nist80053: PS-5, AC-2
-- sox: access modification
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter categories texts = 'folder,share,FOLDER,SHARE'
-- test: what the shared question finds, by permission
-- given rule_pack_atypical_rights | identity_uid | permission_uid
--                                 | 7            | 5
--                                 | 7            | 6
--                                 | 8            | 5
--                                 | 9            | 5
-- given identities | uid
--                  | 7
--                  | 8
--                  | 9
-- given permissions | uid | application | code | sensitivity | category
--                   | 5   | ERP         | PAY  | 4           | folder
--                   | 6   | ERP         | SEE  | 1           | role
-- given identity_movements | uid | is_organisation_changed | is_job_changed
--                          | 7   | true                    | false
--                          | 8   | false                   | false
--                          | 9   | false                   | true
-- expect | uid | detail
--        | 7   | ERP/PAY
--        | 9   | ERP/PAY
SELECT DISTINCT x.identity_uid AS uid, p.application || '/' || p.code AS detail
FROM rule_pack_atypical_rights x
JOIN permissions p ON p.uid = x.permission_uid
JOIN identity_movements c ON c.uid = x.identity_uid AND (c.is_organisation_changed OR c.is_job_changed)
WHERE p.category IN ({categories})
