// parts: of an asset, at any depth
MATCH (n:Entity {id: $id})
OPTIONAL MATCH (n)-[:HAS_PART*1..10]->(p:Asset)
RETURN collect(DISTINCT p.id) AS parts
