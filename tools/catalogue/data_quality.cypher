// placed: equipment whose place lies in one of these places, or that is part of such
MATCH (place:Entity)-[:HAS_PART*0..6]->(inner:Entity)<-[:LOCATED_IN]-(x:Entity) WHERE place.id IN $ids
RETURN DISTINCT x.id AS id

// kept: the verdicts on all points, as the watch left them
MATCH (p:Point) WHERE p.source IS NOT NULL
RETURN p.id AS id, p.quality AS score, p.quality_issues AS sentences, p.quality_kinds AS kinds, p.quality_since AS since

// judged: when that was
MATCH (m:Meta {id: 'quality'}) RETURN m.at AS at
