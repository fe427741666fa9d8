-- Who is active, and why not. Of several reasons the first counts: a departure day that is over, a word of the source, gone
-- from the sources that count, the rules in their order, the predicate of active people.
WITH told AS (
  SELECT i.uid AS uid, i.departure_on AS departure_on, i.departure_on {before} {last_day} AS is_over,
{word} AS word,
{rule} AS rule
  FROM identities i
),
judged AS (
  SELECT t.uid AS uid, CASE WHEN t.departure_on <= {as_of} THEN t.departure_on END AS stated_on, a.missed_on AS missed_on,
         CASE WHEN t.is_over THEN 'departed' WHEN t.word IS NOT NULL THEN 'status' WHEN a.uid IS NOT NULL THEN 'absent' ELSE t.rule END AS reason,
         CASE WHEN t.is_over THEN NULL ELSE t.word END AS detail
  FROM told t
  LEFT JOIN absences a ON a.uid = t.uid AND a.is_gone
)
SELECT j.uid AS uid,
       CASE WHEN j.reason IS NULL THEN 'active' ELSE 'inactive' END AS status,
       j.reason AS reason,
       j.detail AS detail,
       CASE WHEN b.uid IS NOT NULL AND (j.reason IS NOT DISTINCT FROM b.reason) THEN b.since_on ELSE {as_of} END AS since_on,
       CASE WHEN j.reason IS NOT NULL
            THEN COALESCE(j.stated_on, CASE WHEN j.reason = b.reason THEN {departed_before} END, CASE WHEN j.reason = 'absent' THEN j.missed_on END, {as_of})
       END AS departed_on,
       CASE WHEN j.reason IS NOT NULL THEN CASE WHEN b.status = 'inactive' THEN {detected_before} ELSE {as_of} END END AS detected_on
FROM judged j
LEFT JOIN before_identity_status b ON b.uid = j.uid
