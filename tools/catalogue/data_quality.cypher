// placed: equipment whose place lies in one of these places, or that is part of such
MATCH (place:Entity)-[:HAS_PART*0..6]->(inner:Entity)<-[:LOCATED_IN]-(x:Entity) WHERE place.id IN $ids
RETURN DISTINCT x.id AS id

// kept: the verdicts on all points, as the watch left them
MATCH (p:Point) WHERE p.source IS NOT NULL
RETURN collect([p.id, p.quality, p.quality_issues, p.quality_kinds, p.quality_since]) AS rows

// judged: when that was
MATCH (m:Meta {id: 'quality'}) RETURN m.at AS at
