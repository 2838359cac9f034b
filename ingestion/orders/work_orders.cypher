// names: what every piece of equipment is called
MATCH (n:Asset) RETURN collect([n.id, n.name, n.aliases]) AS rows
