// all_names: of everything but points and devices, to look for near ones
MATCH (n:Entity) WHERE NOT n:Point AND NOT n:Device RETURN collect(DISTINCT n.name) AS names
