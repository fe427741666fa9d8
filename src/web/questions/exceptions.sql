-- exceptions.sql: what every exception comes to
SELECT s.control, s.state, s.is_ending AS ends_soon, s.kind, s.subject, s.detail, s.owner, s.reason, s.valid_from, s.valid_until,
       s.ticket, s.findings, s.remark, s.line
FROM exception_status s
WHERE {of}
