// version: the number that each load of plant data raises
MATCH (m:Meta {id: 'plant'}) RETURN m.version AS version

// entities: every thing with its names
MATCH (n:Entity)
RETURN n.id AS id, labels(n) AS labels, n.name AS name, n.class AS class, n.aliases AS aliases, n.level AS level

// owned: which quantities the things of each class have points of
MATCH (n:Entity)-[:HAS_POINT]->(p:Point)
WHERE p.quantity IS NOT NULL
RETURN n.class AS class, p.quantity AS quantity, count(*) AS points
