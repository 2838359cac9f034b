// points: what points are called, and whose they are; a point that left the plant is not found
UNWIND $ids AS id
MATCH (p:Entity {id: id})
OPTIONAL MATCH (o:Entity)-[:HAS_POINT]->(p)
RETURN id, coalesce(p.quantity, p.name) AS quantity, p.unit AS unit, collect(o.name) AS owners

// standing: points beyond their limits now, of assets with these ids or of all, or with such an id themselves; of named ones also what is silent
MATCH (p:Point) WHERE p.status IN ['alarm', 'warning'] OR ($ids IS NOT NULL AND p.status = 'stale')
OPTIONAL MATCH (o:Entity)-[:HAS_POINT]->(p)
WITH p, collect(o.id) AS whose, collect(o.name) AS owners
WHERE $ids IS NULL OR p.id IN $ids OR any(id IN whose WHERE id IN $ids)
RETURN p.id AS id, coalesce(p.quantity, p.name) AS quantity, p.status AS status,
       CASE WHEN p.status = 'stale' THEN p.at ELSE p.status_since END AS since, owners
