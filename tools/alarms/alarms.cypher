// points: of assets and places, or themselves; and what one of them is called, and whether it is a point
MATCH (n:Entity {id: $id})
OPTIONAL MATCH (x:Entity)-[:HAS_POINT]->(p:Entity) WHERE x.id IN $ids
RETURN 'Point' IN labels(n) AS is_point, n.name AS name, collect(DISTINCT p.id) AS points

// criticality: of those that state it
MATCH (n:Entity) WHERE n.id IN $ids AND n.criticality IS NOT NULL RETURN n.id AS id, n.criticality AS criticality

// quantities: what points measure, and whose they are
UNWIND $ids AS id
MATCH (p:Entity {id: id})
OPTIONAL MATCH (o:Entity)-[:HAS_POINT]->(p)
RETURN id, p.quantity AS quantity, collect(o.id) AS owners
