// ids: those of them that exist
MATCH (n:Entity) WHERE n.id IN $names RETURN n.id AS id

// named: assets whose name or alias is one of these, in lower case
MATCH (n:Entity)
WHERE toLower(n.name) IN $names OR any(alias IN coalesce(n.aliases, []) WHERE toLower(alias) IN $names)
RETURN n.id AS id, n.name AS name, n.aliases AS aliases, labels(n) AS labels

// all_names: of everything but points and devices, to look for near ones
MATCH (n:Entity) WHERE NOT n:Point AND NOT n:Device RETURN collect(DISTINCT n.name) AS names
