// point: its name and unit, and the most critical asset that has it, with its place
MATCH (p:Entity {id: $id})
OPTIONAL MATCH (owner:Entity)-[:HAS_POINT]->(p)
OPTIONAL MATCH (owner)-[:LOCATED_IN]->(place:Entity)
RETURN p.name AS name, p.unit AS unit, p.quantity AS quantity, owner.name AS asset, owner.criticality AS criticality, place.name AS place
ORDER BY criticality DESC LIMIT 1

// asset: names and places
MATCH (a:Entity) WHERE a.id IN $ids
OPTIONAL MATCH (a)-[:LOCATED_IN]->(place:Entity)
RETURN a.id AS id, a.name AS name, place.name AS place
