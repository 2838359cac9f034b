// whole: an asset and all that is part of it
MATCH (:Entity {id: $id})-[:HAS_PART*0..8]->(x:Entity) RETURN collect(DISTINCT x.id) AS ids

// points: what points are called, and whose they are; a point that left the plant is not found
UNWIND $ids AS id
MATCH (p:Entity {id: id})
OPTIONAL MATCH (o:Entity)-[:HAS_POINT]->(p)
RETURN id, coalesce(p.quantity, p.name) AS quantity, p.unit AS unit, collect(o.name) AS owners
