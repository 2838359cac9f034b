// points: by id, with what they belong to
UNWIND $ids AS id
MATCH (p:Entity:Point {id: id})
OPTIONAL MATCH (p)<-[:HAS_POINT]-(o:Entity)
RETURN properties(p) AS point, collect(o.class) AS owner_classes

// inside: the points of these things and of their parts, and these where they are points themselves
UNWIND $ids AS id
MATCH (:Entity {id: id})-[:HAS_PART*0..8]->(o:Entity)-[:HAS_POINT]->(p:Entity)
RETURN p.id AS id
UNION
UNWIND $ids AS id
MATCH (p:Entity:Point {id: id})
RETURN p.id AS id

// of_classes: all things and points of these classes
MATCH (n:Entity) WHERE n.class IN $classes RETURN n.id AS id

// all_points: of the plant
MATCH (p:Point) RETURN p.id AS id

// set: what holds at a point now
MATCH (p:Entity {id: $id}) SET p += $properties
