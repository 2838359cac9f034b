// unknown: series that telemetry made up a point for
MATCH (p:Point) WHERE p.unassigned = true AND p.source IS NOT NULL
RETURN p.source AS source, p.unit AS unit, p.value AS value, p.text AS text ORDER BY source

// unfed: points of the plant that never had a value
MATCH (p:Point) WHERE p.at IS NULL AND coalesce(p.unassigned, false) = false
OPTIONAL MATCH (p)<-[:HAS_POINT]-(o)
WITH p, min(o.name) AS owner
RETURN p.id AS id, p.name AS name, owner AS owner, p.quantity AS quantity, p.unit AS unit ORDER BY id

// neighbours: of points that never had a value, what has readings at the same asset, or where it is, what it supplies and what it is a part of
MATCH (p:Point) WHERE p.at IS NULL AND coalesce(p.unassigned, false) = false
MATCH (p)<-[:HAS_POINT]-(o)-[:FEEDS|LOCATED_IN|HAS_PART]-(k)-[:HAS_POINT]->(q:Point)
WHERE q.value IS NOT NULL AND q.source IS NOT NULL
RETURN DISTINCT p.id AS point, q.name AS name, q.source AS source, q.unit AS unit ORDER BY point, source

// siblings: what has readings at the same asset
MATCH (p:Point) WHERE p.at IS NULL AND coalesce(p.unassigned, false) = false
MATCH (p)<-[:HAS_POINT]-(o)-[:HAS_POINT]->(q:Point)
WHERE q.value IS NOT NULL AND q.source IS NOT NULL
RETURN DISTINCT p.id AS point, q.name AS name, q.source AS source, q.unit AS unit ORDER BY point, source

// point: of the plant, and whether it has had readings
MATCH (p:Point {id: $id}) WHERE coalesce(p.unassigned, false) = false
RETURN p.name AS name, p.source AS source, p.at IS NOT NULL AS is_fed

// give: by a person
MATCH (p:Entity {id: $id})
SET p.source = $source, p.source_by_hand = $source
