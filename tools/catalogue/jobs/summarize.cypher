// points: those that are silent, or whose status or doubts are of this window, in one row each kind. ArcadeDB takes the index of a
// range beside IN, and none beside =, in a subquery or over an OR
MATCH (p:Point) WHERE p.status = 'stale'
MATCH (p)<-[:HAS_POINT]-(o:Entity)
RETURN collect([o.id, o.name, p.id, p.name, p.status, p.status_since, p.status_before, p.quality_since, p.quality_kinds, p.quality_issues]) AS rows
UNION ALL
MATCH (p:Point) WHERE p.status_since >= $since AND p.status_before IN ['stale']
MATCH (p)<-[:HAS_POINT]-(o:Entity)
RETURN collect([o.id, o.name, p.id, p.name, p.status, p.status_since, p.status_before, p.quality_since, p.quality_kinds, p.quality_issues]) AS rows
UNION ALL
MATCH (p:Point) WHERE p.quality_since >= $since
MATCH (p)<-[:HAS_POINT]-(o:Entity)
RETURN collect([o.id, o.name, p.id, p.name, p.status, p.status_since, p.status_before, p.quality_since, p.quality_kinds, p.quality_issues]) AS rows
