-- The first rule that decides, account by account. One that stops at several candidates decides for nobody.
SELECT m.account_uid AS account_uid, m.identity_uid AS identity_uid, m.ownerless AS ownerless,
       CAST(NULL AS VARCHAR) AS description, m.rule AS rule, {as_of} AS decided_on, CAST(NULL AS BIGINT) AS former_uid
FROM owner_matches m
JOIN (
  SELECT account_uid, MIN(rule_rank) AS rule_rank
  FROM owner_matches
  WHERE is_final
  GROUP BY account_uid
) d ON d.account_uid = m.account_uid AND d.rule_rank = m.rule_rank
WHERE m.identity_uid IS NOT NULL OR m.ownerless IS NOT NULL
