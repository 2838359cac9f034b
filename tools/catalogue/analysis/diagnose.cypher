// owners: whose point it is
MATCH (o:Entity)-[:HAS_POINT]->(:Entity {id: $id}) RETURN o.id AS id ORDER BY o.id
