-- title: People with several accounts in one repository that can log on
-- subject: identity
-- detail: the repository
-- risk: 2
-- tags: identities, least
-- why: A second account escapes what is done about the first, on the day of departure too.
-- mitigation: Keep the one that is needed; say of others what they are for.
-- needs: rule_pack_several
-- iso27001: 5.15, 8.3
-- nist80053: AC-6
-- sox: access provisioning
-- nis2: 21(2)(i)
-- dora: 9(4)(c)
-- parameter limit integer = 1
-- test: privileged ones count apart
-- with limit = 2
-- given rule_pack_several | identity_uid | repository | is_privileged | accounts
--                         | 7            | AD         | false         | 3
--                         | 7            | AD         | true          | 3
--                         | 8            | AD         | true          | 2
-- expect | uid | detail
--        | 7   | AD
SELECT DISTINCT s.identity_uid AS uid, s.repository AS detail
FROM rule_pack_several s
WHERE s.accounts > {limit}
