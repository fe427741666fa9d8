literals AS (
  SELECT l.duty, l.term, l.is_held, l.held_count, p.uid, l.application || '/' || l.code AS name
  FROM duty_literals l JOIN permissions p ON p.application = l.application AND p.code = l.code
  WHERE l.control = {control}
)
