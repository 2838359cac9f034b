// parts: what these assets have
UNWIND $ids AS id
MATCH (n:Entity {id: id})-[:HAS_PART]->(x:Entity)
RETURN id, collect(x.id) AS found

// feeds: what these assets supply
UNWIND $ids AS id
MATCH (n:Entity {id: id})-[:FEEDS]->(x:Entity)
RETURN id, collect(x.id) AS found

// fed_by: what supplies these assets
UNWIND $ids AS id
MATCH (n:Entity {id: id})<-[:FEEDS]-(x:Entity)
RETURN id, collect(x.id) AS found

// points: those of these assets
UNWIND $ids AS id
MATCH (n:Entity {id: id})-[:HAS_POINT]->(p:Point)
RETURN id, collect(p.id) AS found
