// names: what else an asset is called
MATCH (n:Entity {id: $id}) RETURN n.aliases AS aliases
