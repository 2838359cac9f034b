// points: of these assets as the graph has them; a point is its own
UNWIND $ids AS id
MATCH (n:Entity {id: id})
WITH id, [(n)-[:HAS_POINT]->(p:Point) | p] + CASE WHEN n:Point THEN [n] ELSE [] END AS points
UNWIND points AS p
RETURN collect([id, p.id, p.name, p.quantity, p.unit, p.source, p.value, p.text, p.at, p.status, p.status_since, p.low, p.high, p.deadband, p.stale_after_s, p.quality_kinds, p.quality_issues, p.quality_since]) AS rows

// rated: power that assets are built for, in kW
UNWIND $ids AS id
MATCH (n:Entity {id: id}) WHERE n.rated_power_kw IS NOT NULL
RETURN id, n.rated_power_kw AS kw
