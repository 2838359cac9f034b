// loaded: the version of the ontology that the graph has
MATCH (m:Meta {id: 'plant'}) RETURN m.ontology AS version

// add_classes: each class with what people read about it
UNWIND $rows AS row
MERGE (c:Class {id: row.id})
SET c.name = row.id, c.label = row.label, c.definition = row.definition, c.kind = row.kind

// unlink_classes: the hierarchy of an older version goes
MATCH (c:Class)-[r:SUBCLASS_OF]->(:Class) DELETE r

// link_classes: from each class to its parents
UNWIND $rows AS row
MATCH (c:Class {id: row.id}), (p:Class {id: row.parent})
MERGE (c)-[:SUBCLASS_OF]->(p)

// remember: so that they are loaded once
MERGE (m:Meta {id: 'plant'}) SET m.ontology = $version
