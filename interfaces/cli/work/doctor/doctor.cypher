// unfed: points of the plant that never had a value
MATCH (p:Point) WHERE p.at IS NULL AND coalesce(p.unassigned, false) = false
RETURN count(p) AS points

// unfed_examples: the first of them, with what they belong to
MATCH (p:Point) WHERE p.at IS NULL AND coalesce(p.unassigned, false) = false
WITH p ORDER BY p.id LIMIT $limit
OPTIONAL MATCH (p)<-[:HAS_POINT]-(o)
RETURN p.id AS id, p.name AS name, coalesce(p.source, head(p.addresses)) AS source, o.name AS owner ORDER BY id

// entities: how many the plant has, and how many of them are points
MATCH (n:Entity) RETURN count(n) AS entities, sum(CASE WHEN n:Point THEN 1 ELSE 0 END) AS points
