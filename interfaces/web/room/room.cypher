// version: incremented by each load of the plant
MATCH (m:Meta {id: 'plant'}) RETURN m.version AS version

// site: the plant's name
MATCH (p:Site) RETURN p.id AS id, p.name AS name ORDER BY id

// places: everything that is drawn as a box
MATCH (p:Building)
RETURN 'Building' AS kind, p.id AS id, p.name AS name, p.level AS level,
       p.x AS x, p.y AS y, p.z AS z, p.w AS w, p.d AS d, p.h AS h
UNION ALL
MATCH (p:Floor)
RETURN 'Floor' AS kind, p.id AS id, p.name AS name, p.level AS level,
       p.x AS x, p.y AS y, p.z AS z, p.w AS w, p.d AS d, p.h AS h
UNION ALL
MATCH (p:Space)
RETURN 'Space' AS kind, p.id AS id, p.name AS name, p.level AS level,
       p.x AS x, p.y AS y, p.z AS z, p.w AS w, p.d AS d, p.h AS h

// assets: all equipment
MATCH (a:Asset)
RETURN a.id AS id, a.name AS name, a.class AS class, a.criticality AS criticality,
       a.x AS x, a.y AS y, a.z AS z, a.w AS w, a.d AS d, a.h AS h

// parts: what is part of what, places and equipment alike
MATCH (whole:Entity)-[:HAS_PART]->(part:Entity) RETURN whole.id AS whole, part.id AS part

// located: the place of each asset
MATCH (a:Asset)-[:LOCATED_IN]->(p:Entity) RETURN a.id AS asset, p.id AS place

// feeds: what supplies what
MATCH (a:Entity)-[f:FEEDS]->(b:Entity) RETURN a.id AS start, b.id AS end, f.medium AS medium

// points: every point with its latest value, and whose it is
MATCH (o:Entity)-[:HAS_POINT]->(p:Point)
RETURN p.id AS id, o.id AS owner, p.name AS name, p.quantity AS quantity, p.unit AS unit,
       p.value AS value, p.text AS text, p.at AS at, p.status AS status
