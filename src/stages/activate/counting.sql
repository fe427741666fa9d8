LEFT JOIN (SELECT DISTINCT a.uid AS counted_uid FROM listings a WHERE a.source IN ({sources})) c ON c.counted_uid = l.uid
WHERE c.counted_uid IS NULL OR l.source IN ({sources})
