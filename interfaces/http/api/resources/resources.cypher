// assets: equipment of some classes, in some status or any, by id
MATCH (n:Asset)
WHERE n.id > $after AND ($classes IS NULL OR n.class IN $classes) AND ($status IS NULL OR n.status = $status)
RETURN n.id AS id ORDER BY id LIMIT $limit

// places: likewise sites, buildings, floors and spaces
MATCH (n:Entity)
WHERE (n:Site OR n:Building OR n:Floor OR n:Space) AND n.id > $after AND ($classes IS NULL OR n.class IN $classes)
  AND ($status IS NULL OR n.status = $status)
RETURN n.id AS id ORDER BY id LIMIT $limit

// points: of some quantity or any, by id
MATCH (p:Point)
WHERE p.id > $after AND ($quantity IS NULL OR p.quantity = $quantity)
WITH p ORDER BY p.id LIMIT $limit
RETURN [(p)<-[:HAS_POINT]-(o) | o.id] AS owners, p {.id, .name, .class, .quantity, .unit, .source, .value, .text, .at, .status, .status_since, .low, .high, .stale_after_s, .quality_issues, .quality_kinds} AS point
ORDER BY point.id

// points_of: likewise those of these assets
UNWIND $ids AS asset
MATCH (n:Entity {id: asset})-[:HAS_POINT]->(p:Point)
WHERE p.id > $after AND ($quantity IS NULL OR p.quantity = $quantity)
WITH DISTINCT p ORDER BY p.id LIMIT $limit
RETURN [(p)<-[:HAS_POINT]-(o) | o.id] AS owners, p {.id, .name, .class, .quantity, .unit, .source, .value, .text, .at, .status, .status_since, .low, .high, .stale_after_s, .quality_issues, .quality_kinds} AS point
ORDER BY point.id

// points_named: these points
UNWIND $ids AS id
MATCH (p:Point {id: id})
RETURN [(p)<-[:HAS_POINT]-(o) | o.id] AS owners, p {.id, .name, .class, .quantity, .unit, .source, .value, .text, .at, .status, .status_since, .low, .high, .stale_after_s, .quality_issues, .quality_kinds} AS point
