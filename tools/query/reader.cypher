// refs: what people call these assets, and what is above them, from which their place is chosen
UNWIND $ids AS id
MATCH (n:Entity {id: id})
RETURN n.id AS id, n.name AS name, n.class AS class, n.status AS status, head([label IN labels(n) WHERE label <> 'Entity']) AS kind,
       [(n)-[:LOCATED_IN]->(s) | s.name] AS own,
       [(n)<-[:HAS_PART*1..10]-(w)-[:LOCATED_IN]->(s) | s.name] AS whole,
       [(n)<-[:HAS_PART]-(s) WHERE s:Floor OR s:Building OR s:Site | s.name] AS storey,
       [(n)<-[:HAS_PART]-(s:Space) | s.name] AS zone,
       [(n)<-[:HAS_POINT]-(o)-[:LOCATED_IN]->(s) | s.name] AS point,
       [(n)<-[:HAS_POINT]-(o) WHERE NOT o:Asset | o.name] AS room

// floors: that assets are on: directly, through what they are part of or a point of, or through what a terminal unit serves
UNWIND $ids AS id
MATCH (n:Entity {id: id})
CALL (n) { RETURN n AS o UNION MATCH (n)<-[:HAS_POINT]-(o) RETURN o }
CALL (o) {
  MATCH (o)<-[:HAS_PART*0..10]-(f:Floor) RETURN f
  UNION
  MATCH (o)<-[:HAS_PART*0..10]-(w) MATCH (w)-[:LOCATED_IN]->(s) MATCH (s)<-[:HAS_PART*0..10]-(f:Floor) RETURN f
  UNION
  MATCH (o)<-[:HAS_PART*0..10]-(w)
  WHERE w.class IN $terminal AND NOT EXISTS { MATCH (o)<-[:HAS_PART*0..10]-(x)-[:LOCATED_IN]->(y) }
  MATCH (w)-[:FEEDS]->(s) WHERE NOT s:Asset
  MATCH (s)<-[:HAS_PART*0..10]-(f:Floor) RETURN f
}
RETURN collect([id, f.id]) AS pairs

// parents: what assets are part of, else points of, else fed by, else located in
UNWIND $ids AS id
MATCH (n:Entity {id: id})
CALL (n) {
  MATCH (n)<-[:HAS_PART]-(o) RETURN 'part' AS relation, o, '' AS medium
  UNION MATCH (n)<-[:HAS_POINT]-(o) RETURN 'point' AS relation, o, '' AS medium
  UNION MATCH (n)<-[r:FEEDS]-(o:Asset) RETURN 'fed' AS relation, o, coalesce(r.medium, '') AS medium
  UNION MATCH (n)-[:LOCATED_IN]->(o) RETURN 'located' AS relation, o, '' AS medium
}
RETURN collect([id, n.class, relation, o.id, o.class, medium]) AS rows

// points: those of these quantities that these assets have; a point is its own
UNWIND $ids AS id
MATCH (n:Entity {id: id})
WITH id, [(n)-[:HAS_POINT|REPORTS]->(p) WHERE p.quantity IN $quantities | p] + CASE WHEN n:Point AND n.quantity IN $quantities THEN [n] ELSE [] END AS points
UNWIND points AS p
RETURN collect([id, p.id, p.name, p.quantity, p.unit, p.source, p.value, p.text, p.at, p.status, p.stale_after_s, p.series_kind, p.rollover, p.stamp]) AS rows

// points_of_quantities: those of these quantities with their owners, for more assets than can be looked up one by one
UNWIND $quantities AS quantity
MATCH (p:Point {quantity: quantity})
RETURN collect([[(p)<-[:HAS_POINT]-(o) | o.id], p.id, p.name, p.quantity, p.unit, p.source, p.value, p.text, p.at, p.status, p.stale_after_s, p.series_kind, p.rollover, p.stamp]) AS rows

// serving: points of these quantities of what stands in a place, is a part of it or has it as a part, or supplies it; by which rule, and of which owner
UNWIND $ids AS id
MATCH (n:Space {id: id})
CALL (n) {
  MATCH (n)<-[:LOCATED_IN]-(o:Asset)-[:HAS_POINT]->(p) RETURN 'stands in it' AS rule, o, p
  UNION MATCH (n)-[:HAS_PART]->(o:Space)-[:HAS_POINT]->(p) RETURN 'is part of it' AS rule, o, p
  UNION MATCH (n)<-[:HAS_PART]-(o:Space)-[:HAS_POINT]->(p) RETURN 'has it as a part' AS rule, o, p
  UNION MATCH (n)<-[:FEEDS]-(o:Asset)-[:HAS_POINT]->(p) RETURN 'feeds it' AS rule, o, p
  UNION MATCH (n)<-[:HAS_PART]-(:Space)<-[:FEEDS]-(o:Asset)-[:HAS_POINT]->(p) RETURN 'feeds the zone that it is part of' AS rule, o, p
  UNION MATCH (n)-[:HAS_PART]->(:Space)<-[:FEEDS]-(o:Asset)-[:HAS_POINT]->(p) RETURN 'feeds a zone in it' AS rule, o, p
}
WITH id, rule, o, p WHERE p.quantity IN $quantities
RETURN collect([rule, o.id, o.name, id, p.id, p.name, p.quantity, p.unit, p.source, p.value, p.text, p.at, p.status, p.stale_after_s, p.series_kind, p.rollover, p.stamp]) AS rows

// schedules: the points of these assets that are one, whatever it schedules
UNWIND $ids AS id
MATCH (n:Entity {id: id})
WITH id, [(n)-[:HAS_POINT|REPORTS]->(p) WHERE p.quantity ENDS WITH 'schedule' OR p.class ENDS WITH 'Schedule' | p] + CASE WHEN n:Point AND (n.quantity ENDS WITH 'schedule' OR n.class ENDS WITH 'Schedule') THEN [n] ELSE [] END AS points
UNWIND points AS p
RETURN collect([id, p.id, p.name, p.quantity, p.unit, p.source, p.value, p.text, p.at, p.status, p.stale_after_s, p.series_kind, p.rollover, p.stamp]) AS rows
