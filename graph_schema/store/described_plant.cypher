// plants: by how much came with them
MATCH (n:Entity) WHERE n.plant IS NOT NULL
RETURN n.plant AS plant, count(n) AS entities ORDER BY entities DESC, plant

// entities: of a plant
MATCH (n:Entity) WHERE n.plant = $plant AND NOT n:Device
RETURN labels(n) AS labels, properties(n) AS properties ORDER BY n.id

// relations: between entities of a plant
MATCH (a:Entity)-[r:RELATIONS]->(b:Entity) WHERE a.plant = $plant AND b.plant = $plant
RETURN type(r) AS kind, a.id AS start, b.id AS end, properties(r) AS properties ORDER BY kind, start, end
