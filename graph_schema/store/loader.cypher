// existing: what the graph knows already of these ids
UNWIND $ids AS id
MATCH (n:Entity {id: id})
RETURN collect([labels(n), properties(n)]) AS rows

// identities: what says which node is which
UNWIND $ids AS id
MATCH (n:Entity {id: id})
RETURN collect([n.id, n.iri, n.plant]) AS rows

// of_addresses: the nodes that have these addresses
UNWIND $iris AS iri
MATCH (n:Entity {iri: iri})
RETURN collect([n.iri, n.id, n.plant]) AS rows

// earlier: what earlier imports of these plants brought
MATCH (n:Entity) WHERE n.plant IN $plants
RETURN collect([n.id, n.name, n.iri, n.plant]) AS rows

// placeholders: points that telemetry made up before anybody described them
MATCH (p:Point) WHERE p.unassigned = true AND p.source IS NOT NULL
RETURN p.id AS id, p.source AS source

// add_entities: those that are not there; KIND is one of the model's kinds. A MERGE on two labels would scan on ArcadeDB
UNWIND $rows AS row
WITH DISTINCT row.id AS id
OPTIONAL MATCH (known:Entity {id: id})
WITH id, known WHERE known IS NULL
CREATE (:Entity:KIND {id: id})

// describe_entities: what an import says of them
UNWIND $rows AS row
MATCH (n:Entity {id: row.id}) SET n += row.properties

// declassify: before a thing gets its class
UNWIND $rows AS row
MATCH (:Entity {id: row.id})-[r:IS_A]->(:Class) DELETE r

// classify: each thing with its class
UNWIND $rows AS row
MATCH (n:Entity {id: row.id}), (c:Class {id: row.class})
MERGE (n)-[:IS_A]->(c)

// adopt: the described point takes the placeholder's readings
UNWIND $rows AS row
MATCH (old:Entity {id: row.placeholder}), (new:Entity {id: row.id})
SET new.value = old.value, new.text = old.text, new.at = old.at, new.status = old.status

// adopt_devices: and its devices
UNWIND $rows AS row
MATCH (d:Device)-[:REPORTS]->(:Entity {id: row.placeholder}), (new:Entity {id: row.id})
MERGE (d)-[:REPORTS]->(new)

// drop_placeholders: whose readings were taken over
UNWIND $rows AS row
MATCH (old:Entity {id: row.placeholder}) DETACH DELETE old

// relations: that start at these things, of all of the model's kinds
UNWIND $ids AS id
MATCH (a:Entity {id: id})-[r:RELATIONS]->(b:Entity)
RETURN collect([type(r), id, b.id, properties(r)]) AS rows

// add_relations: or bring their properties up to date; RELATION is one of the model's kinds
UNWIND $rows AS row
MATCH (a:Entity {id: row.start}), (b:Entity {id: row.end})
MERGE (a)-[r:RELATION]->(b) SET r += row.properties

// drop_relations: that the file no longer states; RELATION is one of the model's kinds
UNWIND $rows AS row
MATCH (:Entity {id: row.start})-[r:RELATION]->(:Entity {id: row.end}) DELETE r

// bump_version: so that others refresh what they know of the plant
MERGE (m:Meta {id: 'plant'})
SET m.version = coalesce(m.version, 0) + 1
RETURN m.version AS version
