-- what a control finds now, held against what it found before
WITH hits AS (
  SELECT h.kind, h.uid, h.detail FROM control_hits h WHERE h.control = {control}
),
known AS (
  SELECT b.kind, b.uid, b.detail, b.state, b.opened_on, b.first_opened_on, b.fixed_on, b.excepted_until_on
  FROM before_findings b WHERE b.control = {control}
),
followed AS (
  SELECT {control} AS control,
         COALESCE(h.kind, k.kind) AS kind,
         COALESCE(h.uid, k.uid) AS uid,
         COALESCE(h.detail, k.detail) AS detail,
         CASE WHEN h.uid IS NULL THEN 'fixed'
              WHEN k.uid IS NULL THEN 'opened'
              WHEN k.state = 'fixed' THEN 'reopened'
              ELSE 'persisting' END AS state,
         CASE WHEN h.uid IS NULL THEN k.opened_on
              WHEN k.uid IS NULL OR k.state = 'fixed' THEN {as_of}
              ELSE k.opened_on END AS opened_on,
         COALESCE(k.first_opened_on, {as_of}) AS first_opened_on,
         CASE WHEN h.uid IS NULL THEN COALESCE(k.fixed_on, {as_of}) END AS fixed_on,
         CAST({risk} AS BIGINT) AS risk,
         k.excepted_until_on AS was_excepted_until
  FROM hits h
  FULL JOIN known k ON k.kind = h.kind AND k.uid = h.uid AND COALESCE(k.detail, '') = COALESCE(h.detail, ''){rated}
)
