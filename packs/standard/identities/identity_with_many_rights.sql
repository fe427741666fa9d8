-- title: People with very many permissions
-- subject: identity
-- risk: 1
-- tags: identities, least
-- why: Whoever has gathered that many has gone through many jobs, or has been given a copy of somebody else.
-- mitigation: Go through the permissions with the manager.
-- needs: rule_pack_people
-- iso27001: 5.15, 8.3
-- nist80053: AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter limit integer = 300
-- test: more than the limit, each permission once
-- with limit = 2
-- given effective_rights | identity_uid | permission_uid | perimeter
--                        | 7            | 1              |
--                        | 7            | 2              |
--                        | 7            | 3              |
--                        | 8            | 1              | FR
--                        | 8            | 1              | DE
--                        | 8            | 2              |
-- given rule_pack_people | identity_uid | rights
--                        | 7            | 3
--                        | 8            | 3
-- expect | uid
--        | 7
-- A permission in several perimeters is several rights: only those who have many rights are counted.
SELECT r.identity_uid AS uid
FROM rule_pack_people l JOIN effective_rights r ON r.identity_uid = l.identity_uid
WHERE l.rights > {limit}
GROUP BY r.identity_uid HAVING COUNT(DISTINCT r.permission_uid) > {limit}
