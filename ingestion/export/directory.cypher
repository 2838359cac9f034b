// version: goes up whenever the plant changes
MATCH (m:Meta {id: 'plant'}) RETURN m.version AS version

// points: of the plant, that readings are addressed to, and what they are of
MATCH (p:Point) WHERE coalesce(p.unassigned, false) = false AND p.source IS NOT NULL
OPTIONAL MATCH (p)<-[:HAS_POINT]-(o)
WITH p, min(o.id) AS asset
RETURN p.id AS id, p.source AS source, p.name AS name, p.class AS class, p.quantity AS quantity, p.unit AS unit, asset AS asset ORDER BY id

// assets: and places
MATCH (a:Entity) WHERE NOT a:Point AND NOT a:Device
OPTIONAL MATCH (a)-[:LOCATED_IN]->(l)
WITH a, min(l.id) AS place
OPTIONAL MATCH (w)-[:HAS_PART]->(a)
WITH a, place, min(w.id) AS part_of
RETURN a.id AS id, a.name AS name, labels(a) AS labels, a.class AS class, place AS place, part_of AS part_of ORDER BY id
