// named: entities of these ids, and of these names or aliases in lower case; each by an index of its own
MATCH (n:Entity) WHERE n.id IN $ids
RETURN n.id AS id, n.name AS name, n.aliases AS aliases, labels(n) AS labels
UNION
MATCH (n:Entity) WHERE n.called IN $names
RETURN n.id AS id, n.name AS name, n.aliases AS aliases, labels(n) AS labels
UNION
MATCH (a:Alias) WHERE a.called IN $names
MATCH (a)-[:MEANS]->(n:Entity)
RETURN n.id AS id, n.name AS name, n.aliases AS aliases, labels(n) AS labels

// unindexed_named: of these names or aliases, among what somebody else wrote into the graph
MATCH (n:Entity) WHERE n.called IS NULL AND (toLower(n.name) IN $names OR any(alias IN coalesce(n.aliases, []) WHERE toLower(alias) IN $names))
RETURN n.id AS id, n.name AS name, n.aliases AS aliases, labels(n) AS labels

// forget_aliases: of these entities, before they get others
UNWIND $rows AS row
MATCH (n:Entity {id: row.id})
MATCH (n)<-[:MEANS]-(a:Alias)
DETACH DELETE a

// add_aliases: a node each, because no index reaches into a list
UNWIND $rows AS row
MATCH (n:Entity {id: row.id})
UNWIND row.aliases AS alias
CREATE (a:Alias {called: alias})
CREATE (a)-[:MEANS]->(n)

// unindexed: entities of a graph that was filled before names had an index
MATCH (n:Entity) WHERE n.name IS NOT NULL AND n.called IS NULL
RETURN collect([n.id, n.name, coalesce(n.aliases, [])]) AS rows

// call: entities by their names in lower case
UNWIND $rows AS row
MATCH (n:Entity {id: row.id}) SET n.called = row.called

// indexed: whether all names are
MATCH (m:Meta {id: 'plant'}) RETURN m.names_indexed AS done

// remember: so that they are looked through once
MERGE (m:Meta {id: 'plant'}) SET m.names_indexed = true
