-- exceptions: those that hold, those that end soon, those behind whose end the finding still stands, those that except nothing
SELECT COUNT(CASE WHEN s.state = 'holds' THEN 1 END) AS holding,
       COUNT(CASE WHEN s.is_ending THEN 1 END) AS ending,
       COUNT(CASE WHEN s.state = 'expired' AND s.findings > 0 THEN 1 END) AS ended,
       COUNT(CASE WHEN s.state = 'holds' AND s.findings = 0 THEN 1 END) AS idle,
       COUNT(CASE WHEN s.state = 'rejected' THEN 1 END) AS rejected
FROM exception_status s
