-- Accounts decided before any rule is tried: by a person, by the source, or by the parent; in this order. Nothing decides
-- an account that a person broke off; what the parent knew does not count where it is to be found anew.
WITH decided AS (
  SELECT a.uid AS account_uid, d.decision AS decision, d.value AS decided_value, d.reason AS decided_reason, i.uid AS pinned_uid
  FROM decisions d
  JOIN accounts a ON a.repository = d.repository AND a.identifier = d.identifier
  LEFT JOIN identities i ON i.employee_id = d.value
  WHERE d.problem IS NULL AND (d.decision = 'pin' OR (d.decision = 'class' AND COALESCE(d.value, '') NOT IN ({somebodys})))
),
-- People said that these are somebody's, and not whose: rules find out.
somebodys AS (
  SELECT DISTINCT a.uid AS account_uid
  FROM decisions d
  JOIN accounts a ON a.repository = d.repository AND a.identifier = d.identifier
  WHERE d.problem IS NULL AND d.decision = 'class' AND d.value IN ({somebodys})
),
broken AS (
  SELECT DISTINCT a.uid AS account_uid
  FROM decisions d
  JOIN accounts a ON a.repository = d.repository AND a.identifier = d.identifier
  WHERE d.problem IS NULL AND d.decision = 'break'
),
forgotten AS (
  SELECT DISTINCT a.uid AS account_uid
  FROM accounts a JOIN forgotten_owners f ON f.kind = 'repository' AND f.name = a.repository
  UNION
  SELECT DISTINCT o.account_uid AS account_uid
  FROM before_ownership o JOIN forgotten_owners f ON f.kind = 'rule' AND f.name = o.rule
),
vanished AS (
  SELECT f.uid AS former_uid, f.employee_id AS former_id, f.full_name AS former_name
  FROM before_identities f
  WHERE NOT EXISTS (SELECT 1 FROM identities i WHERE i.uid = f.uid)
),
judged AS (
  SELECT a.uid AS account_uid, a.ownerless AS stated, d.pinned_uid, d.decided_value, d.decided_reason, v.former_name,
         b.identity_uid AS before_uid, b.ownerless AS before_ownerless, b.description AS before_description,
         b.rule AS before_rule, b.decided_on AS before_on, b.former_uid AS before_former,
         CASE WHEN k.account_uid IS NOT NULL THEN NULL
              WHEN d.decision = 'class' THEN 'class'
              WHEN d.decision = 'pin' AND d.pinned_uid IS NOT NULL THEN 'pin'
              WHEN a.ownerless IS NOT NULL AND s.account_uid IS NULL THEN 'stated'
              WHEN b.account_uid IS NULL OR b.rule IN ('stated', 'class') OR x.account_uid IS NOT NULL THEN NULL
              WHEN g.account_uid IS NOT NULL THEN NULL
              -- Of an account that is somebody's, only whose it is or was is carried.
              WHEN s.account_uid IS NOT NULL AND b.identity_uid IS NULL AND COALESCE(b.rule, '') <> 'leaved' THEN NULL
              -- A pin lasts as long as the file has it; if its person left meanwhile, the account is left behind too.
              WHEN b.rule = 'pin' AND NOT COALESCE(d.decided_value = v.former_id, FALSE) THEN NULL
              WHEN v.former_uid IS NOT NULL THEN 'leaved'
              WHEN {restores} AND b.rule = 'leaved' AND t.uid IS NOT NULL AND y.account_uid IS NULL THEN 'returned'
              -- What a rule found so long ago is found anew; what it stands on may have changed.
              WHEN {expires} AND b.rule NOT IN ('pin', 'leaved') AND b.decided_on < {expired} THEN NULL
              ELSE 'carried'
         END AS way
  FROM accounts a
  LEFT JOIN broken k ON k.account_uid = a.uid
  LEFT JOIN forgotten g ON g.account_uid = a.uid
  LEFT JOIN decided d ON d.account_uid = a.uid
  LEFT JOIN somebodys s ON s.account_uid = a.uid
  LEFT JOIN before_ownership b ON b.account_uid = a.uid
  LEFT JOIN vanished v ON v.former_uid = b.identity_uid
  LEFT JOIN forbidden_owners x ON x.account_uid = a.uid AND x.identity_uid = b.identity_uid
  LEFT JOIN identities t ON t.uid = b.former_uid
  LEFT JOIN forbidden_owners y ON y.account_uid = a.uid AND y.identity_uid = b.former_uid
),
concluded AS (
  SELECT account_uid,
         CASE way WHEN 'pin' THEN pinned_uid WHEN 'carried' THEN before_uid WHEN 'returned' THEN before_former END AS identity_uid,
         CASE way WHEN 'class' THEN decided_value WHEN 'stated' THEN stated WHEN 'leaved' THEN 'leaved' WHEN 'carried' THEN before_ownerless END AS ownerless,
         CASE way WHEN 'class' THEN decided_reason WHEN 'pin' THEN decided_reason WHEN 'leaved' THEN former_name WHEN 'carried' THEN before_description END AS description,
         CASE way WHEN 'carried' THEN before_rule ELSE way END AS rule,
         CASE way WHEN 'leaved' THEN before_uid WHEN 'carried' THEN before_former END AS former_uid,
         before_uid, before_ownerless, before_rule, before_on
  FROM judged
  WHERE way IS NOT NULL
)
SELECT account_uid, identity_uid, ownerless, description, rule,
       CASE WHEN rule = before_rule AND (identity_uid IS NOT DISTINCT FROM before_uid) AND (ownerless IS NOT DISTINCT FROM before_ownerless)
            THEN before_on ELSE {as_of} END AS decided_on, former_uid
FROM concluded
