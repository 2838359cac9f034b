// all: points
MATCH (p:Point)

// some: those with these ids
UNWIND $ids AS id MATCH (p:Entity {id: id})

// measured: of those, the numeric ones that telemetry is addressed to, with what they belong to
WITH p WHERE p.source IS NOT NULL AND p.value IS NOT NULL
MATCH (p)<-[:HAS_POINT]-(o:Entity)
RETURN p.id AS id, p.name AS name, p.quantity AS quantity, p.unit AS unit, p.source AS source, p.low AS low, p.high AS high,
       o.id AS owner, o.name AS owner_name, o.class AS owner_class,
       p.series_kind AS series_kind, p.range_low AS range_low, p.range_high AS range_high
ORDER BY p.id, o.id

// assets: all equipment, with where it stands, its power and its support, in one row
MATCH (n:Asset) RETURN collect([n.id, n.class, n.x, n.y, n.rated_power_kw, n.support]) AS assets

// parts: of equipment
MATCH (a:Asset)-[:HAS_PART]->(b:Asset) RETURN collect([a.id, b.id]) AS pairs

// feeds: what supplies what
MATCH (a:Asset)-[:FEEDS]->(b:Asset) RETURN collect([a.id, b.id]) AS pairs
