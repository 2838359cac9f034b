// called: what every asset is called
MATCH (n:Asset) RETURN n.id AS id, n.name AS name, n.aliases AS aliases ORDER BY n.id
