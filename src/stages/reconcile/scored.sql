-- Whoever alone is sure enough by the rules that add up.
SELECT s.account_uid AS account_uid, s.identity_uid AS identity_uid, CAST(NULL AS VARCHAR) AS ownerless,
       CAST(NULL AS VARCHAR) AS description, s.rule AS rule, {as_of} AS decided_on, CAST(NULL AS BIGINT) AS former_uid
FROM owner_scores s
WHERE s.outcome = 'owner'
