-- The manager, owner or head whom the object's own row names
stated AS (
  SELECT o.uid, o.stated_uid AS manager_uid, CAST(NULL AS BIGINT) AS distance
  FROM objects o JOIN eligible e ON e.uid = o.stated_uid
  WHERE o.self_uid IS NULL OR o.self_uid <> e.uid
)
