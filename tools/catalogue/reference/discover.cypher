// classes: of everything but points, with how many there are
MATCH (n:Entity) WHERE n.class IS NOT NULL AND NOT n:Point RETURN n.class AS class, count(*) AS count

// quantities: with how many points there are, their units, and the classes of what has them
MATCH (p:Point) WHERE p.quantity IS NOT NULL
OPTIONAL MATCH (n:Entity)-[:HAS_POINT]->(p)
RETURN p.quantity AS quantity, n.class AS class, p.unit AS unit, count(*) AS points

// size: devices add points without a load
MATCH (p:Point) RETURN count(p) AS points
