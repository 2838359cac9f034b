// version: the number that each load of plant data raises
MATCH (m:Meta {id: 'plant'}) RETURN m.version AS version

// entities: of one kind, as lists in one row, which travel several times faster than a row each; KIND is one of the model's
MATCH (n:KIND)
RETURN collect(n.id) AS ids, collect(coalesce(n.name, n.id)) AS names, collect(coalesce(n.class, '')) AS classes

// further_names: and the levels of floors, of the few that have any
MATCH (n:Entity) WHERE n.aliases IS NOT NULL OR n.level IS NOT NULL
RETURN collect([n.id, n.aliases, n.level]) AS rows

// owned: which quantities the things of each class have points of
MATCH (n:Entity)-[:HAS_POINT|REPORTS]->(p:Point)
WHERE p.quantity IS NOT NULL
RETURN n.class AS class, p.quantity AS quantity, count(*) AS points
