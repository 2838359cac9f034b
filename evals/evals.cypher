// entities: everything that an answer can name
MATCH (n:Entity) RETURN n.id AS id, labels(n) AS labels, n.name AS name, n.aliases AS aliases

// relations: how many there are
MATCH (:Entity)-[r]->(:Entity) RETURN count(r) AS relations

// remove_some: of the plant; how many went
MATCH (n:Entity) WITH n LIMIT $most
DETACH DELETE n
RETURN count(*) AS removed

// raise_version: so that everybody notices that the plant is another
MERGE (m:Meta {id: 'plant'})
SET m.version = coalesce(m.version, 0) + 1
RETURN m.version AS version
