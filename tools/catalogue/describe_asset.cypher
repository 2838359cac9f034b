// asset: with its points and its neighbours; every pattern starts at the asset, else ArcadeDB scans for the other end
MATCH (n:Entity {id: $id})
RETURN n.name AS name, n.class AS class, n.aliases AS aliases, n.description AS description, labels(n) AS labels,
       [(n)-[:HAS_PART]->(x:Entity) | x.id] AS parts,
       [(n)-[:FEEDS]->(x:Entity) | x.id] AS feeds,
       [(n)<-[:FEEDS]-(x:Entity) | x.id] AS fed_by,
       [(n)<-[:HAS_POINT]-(x:Entity) | x.id] AS owners,
       [(n)-[:HAS_POINT|REPORTS]->(p:Entity) | p {.id, .name, .class, .quantity, .unit, .source, .value, .text, .at, .status, .status_since, .low, .high, .stale_after_s, .quality_issues, .quality_kinds}] AS points,
       n {.id, .name, .class, .quantity, .unit, .source, .value, .text, .at, .status, .status_since, .low, .high, .stale_after_s, .quality_issues, .quality_kinds} AS itself

// above: the asset and all that it is part of, each with where it is; the steps tell near from far
MATCH path = (w:Entity)-[:HAS_PART*0..8]->(:Entity {id: $id})
RETURN w.id AS id, labels(w) AS labels, max(length(path)) AS steps, [(w)-[:LOCATED_IN]->(x:Entity) | x.id] AS places

// around: those places and all around them
MATCH path = (w:Entity)-[:HAS_PART*0..8]->(p:Entity) WHERE p.id IN $ids
RETURN w.id AS id, max(length(path)) AS steps
