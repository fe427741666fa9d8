SELECT i.uid AS uid, i.full_name AS name, i.employee_id AS employee_id
  FROM identities i
  WHERE {filter}
