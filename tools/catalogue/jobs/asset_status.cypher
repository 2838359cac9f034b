// points: those of an asset and of what is part of it, its own first
MATCH path = (:Entity {id: $id})-[:HAS_PART*0..4]->(o:Entity)
WITH o, min(length(path)) AS steps
MATCH (o)-[:HAS_POINT]->(p:Entity)
RETURN o.id AS owner, o.name AS owner_name, steps, p.id AS id, p.name AS name, p.quantity AS quantity, p.unit AS unit, p.source AS source,
       p.value AS value, p.text AS text, p.at AS at, p.status AS status, p.status_since AS status_since, p.low AS low, p.high AS high,
       p.stale_after_s AS stale_after_s, p.series_kind AS series_kind, p.quality_kinds AS quality_kinds, p.quality_issues AS quality_issues
ORDER BY steps, o.name, p.name, p.id

// inside: an asset and all that is part of it
MATCH (:Entity {id: $id})-[:HAS_PART*0..4]->(x:Entity) RETURN collect(DISTINCT x.id) AS ids

// serving: points of what stands in a place, or supplies it or its zone; by which rule, and of which owner
MATCH (n:Space {id: $id})
CALL (n) {
  MATCH (n)<-[:LOCATED_IN]-(o:Asset) RETURN 'stands in it' AS rule, o
  UNION MATCH (n)<-[:FEEDS]-(o:Asset) RETURN 'feeds it' AS rule, o
  UNION MATCH (n)<-[:HAS_PART]-(:Space)<-[:FEEDS]-(o:Asset) RETURN 'feeds the zone that it is part of' AS rule, o
  UNION MATCH (n)-[:HAS_PART]->(:Space)<-[:FEEDS]-(o:Asset) RETURN 'feeds a zone in it' AS rule, o
}
MATCH (o)-[:HAS_POINT]->(p:Entity)
RETURN rule, o.id AS owner, o.name AS owner_name, 0 AS steps, p.id AS id, p.name AS name, p.quantity AS quantity, p.unit AS unit, p.source AS source,
       p.value AS value, p.text AS text, p.at AS at, p.status AS status, p.status_since AS status_since, p.low AS low, p.high AS high,
       p.stale_after_s AS stale_after_s, p.series_kind AS series_kind, p.quality_kinds AS quality_kinds, p.quality_issues AS quality_issues
ORDER BY o.name, p.name, p.id
