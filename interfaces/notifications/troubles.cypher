// points: their names and units, each with the most critical asset that has it, and its place
MATCH (p:Entity) WHERE p.id IN $ids
OPTIONAL MATCH (owner:Entity)-[:HAS_POINT]->(p)
OPTIONAL MATCH (owner)-[:LOCATED_IN]->(place:Entity)
RETURN p.id AS id, p.name AS name, p.unit AS unit, p.quantity AS quantity, owner.name AS asset, owner.criticality AS criticality,
       place.name AS place
ORDER BY criticality

// asset: names and places
MATCH (a:Entity) WHERE a.id IN $ids
OPTIONAL MATCH (a)-[:LOCATED_IN]->(place:Entity)
RETURN a.id AS id, a.name AS name, place.name AS place
