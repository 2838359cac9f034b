// version: changes with every import
MATCH (m:Meta {id: 'plant'}) RETURN m.version AS version

// size: cheap on every server
MATCH (n:Asset) RETURN count(*) AS size

// nodes: of one kind, in one row, which travels several times faster than a row each; KIND is one of the model's
MATCH (n:KIND) RETURN collect([n.id, n.name, n.class]) AS nodes

// feeds: with their media
MATCH (a:Entity)-[r:FEEDS]->(b:Entity) RETURN collect([a.id, b.id, r.medium]) AS pairs

// parts: of equipment and of places
MATCH (a:Entity)-[:HAS_PART]->(b:Entity) RETURN collect([a.id, b.id]) AS pairs

// located: where nodes are
MATCH (a:Entity)-[:LOCATED_IN]->(b:Entity) RETURN collect([a.id, b.id]) AS pairs
