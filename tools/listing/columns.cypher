// assets: what is stated of them, what they are a point or a part of, and the zones they serve or are in
UNWIND $ids AS id
MATCH (n:Entity {id: id})
RETURN n.id AS id, properties(n) AS properties,
       [(n)<-[:HAS_POINT]-(o) | o.name] AS owners,
       [(n)<-[:HAS_PART]-(w:Asset) | w.name] AS wholes,
       [(n)<-[:HAS_POINT]-(z:Space) | z.name] AS of_zone,
       [(n)-[:FEEDS]->(z:Space) | z.name] AS fed,
       [(n)<-[:HAS_POINT]-(o)-[:FEEDS]->(z:Space) | z.name] AS owner_fed,
       [(n)-[:LOCATED_IN]->(z:Space) | z.name] AS own,
       [(n)<-[:HAS_PART]-(z:Space) | z.name] AS within

// owners: of points, what they are points of
UNWIND $ids AS id
MATCH (n:Point {id: id})
RETURN n.id AS id, [(n)<-[:HAS_POINT]-(o) | o.id] AS owners

// points: those of some classes, each with what it is a point of
UNWIND $classes AS class
MATCH (n:Point {class: class})<-[:HAS_POINT]-(o)
RETURN o.id AS owner, n.id AS id, n.name AS name
ORDER BY name
