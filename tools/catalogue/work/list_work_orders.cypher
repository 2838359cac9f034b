// within: an asset or a place, its parts, what is in it, and the parts of that
MATCH (a:Entity {id: $id})
OPTIONAL MATCH (a)-[:HAS_PART*1..6]->(part:Entity)
WITH a, collect(DISTINCT part) AS parts
UNWIND [a] + parts AS whole
OPTIONAL MATCH (whole)<-[:LOCATED_IN]-(held:Entity)
OPTIONAL MATCH (held)-[:HAS_PART*1..4]->(inner:Entity)
WITH collect(DISTINCT whole.id) AS wholes, collect(DISTINCT held.id) AS holds, collect(DISTINCT inner.id) AS inners
RETURN wholes + holds + inners AS ids
