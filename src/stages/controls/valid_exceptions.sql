-- the exceptions that hold on this day, about objects that the ledger knows
SELECT x.exception, x.control, x.kind, u.uid, x.detail, COALESCE(x.valid_until, DATE '9999-12-31') AS valid_until
FROM exceptions x
JOIN uids u ON u.kind = x.kind AND u.namespace = COALESCE(x.namespace, '') AND u.key = x.key
WHERE x.problem IS NULL AND x.valid_from <= {as_of} AND (x.valid_until IS NULL OR x.valid_until >= {as_of})
