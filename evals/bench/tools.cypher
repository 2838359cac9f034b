// yardstick: one asset by its id
MATCH (n:Entity {id: $id}) RETURN n.name AS name
