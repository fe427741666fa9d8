-- Owners whose rule the policy does not have any more.
SELECT o.account_uid AS account_uid, o.identity_uid AS identity_uid, o.rule AS rule, 'unruled' AS drift,
       CAST(NULL AS BIGINT) AS found_uid, COALESCE(d.first_seen_on, {as_of}) AS first_seen_on
FROM ownership o
LEFT JOIN before_owner_drift d ON d.account_uid = o.account_uid AND d.identity_uid = o.identity_uid AND d.rule = o.rule
WHERE o.identity_uid IS NOT NULL AND o.rule NOT IN ({known})
