// contents: an asset or a place, its parts, what is in them, and the parts of that
MATCH (:Entity {id: $id})-[:HAS_PART*0..8]->(whole:Entity)
OPTIONAL MATCH (whole)<-[:LOCATED_IN]-(held:Entity)
OPTIONAL MATCH (held)-[:HAS_PART*1..4]->(inner:Entity)
WITH collect(DISTINCT whole.id) AS wholes, collect(DISTINCT held.id) AS holds, collect(DISTINCT inner.id) AS inners
RETURN wholes + holds + inners AS ids
