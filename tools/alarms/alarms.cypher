// whole: an asset with its parts and all points of these, or a point; and whether it is a point
MATCH (n:Entity {id: $id})-[:HAS_PART*0..8]->(x:Entity)
OPTIONAL MATCH (x)-[:HAS_POINT]->(p:Entity)
RETURN 'Point' IN labels(n) AS is_point, n.name AS name, collect(DISTINCT x.id) AS assets, collect(DISTINCT p.id) AS points

// criticality: of those that state it
MATCH (n:Entity) WHERE n.id IN $ids AND n.criticality IS NOT NULL RETURN n.id AS id, n.criticality AS criticality

// quantities: what points measure, and whose they are
UNWIND $ids AS id
MATCH (p:Entity {id: id})
OPTIONAL MATCH (o:Entity)-[:HAS_POINT]->(p)
RETURN id, p.quantity AS quantity, collect(o.id) AS owners
