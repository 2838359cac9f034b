// entities: how many the plant has, and how many of them are points
MATCH (n:Entity) RETURN count(n) AS entities, sum(CASE WHEN n:Point THEN 1 ELSE 0 END) AS points
