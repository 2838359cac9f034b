// scope: what is part of an asset or a place, and what stands in it with its parts
MATCH (:Entity {id: $id})-[:HAS_PART*0..8]->(inner:Entity)
CALL (inner) {
  RETURN inner AS x
  UNION
  MATCH (inner)<-[:LOCATED_IN]-(:Entity)-[:HAS_PART*0..6]->(x:Entity) RETURN x
}
RETURN collect(DISTINCT x.id) AS ids

// points: those that are silent, or whose status or doubts are of this window, in one row
MATCH (p:Point)
WHERE p.status = 'stale' OR (p.status_since >= $since AND p.status_before = 'stale') OR p.quality_since >= $since
MATCH (p)<-[:HAS_POINT]-(o:Entity)
RETURN collect([o.id, o.name, p.id, p.name, p.status, p.status_since, p.status_before, p.quality_since, p.quality_kinds, p.quality_issues]) AS rows
