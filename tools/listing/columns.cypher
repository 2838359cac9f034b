// assets: what is stated of them, what they are a point or a part of, and the zones they serve or are in
UNWIND $ids AS id
MATCH (n:Entity {id: id})
RETURN n.id AS id, properties(n) AS properties,
       [(n)<-[:HAS_POINT]-(o) | o.name] AS owners,
       [(n)<-[:HAS_PART]-(w:Asset) | w.name] AS wholes,
       [(n)<-[:HAS_POINT]-(z:Space) | z.name] AS of_zone,
       [(n)-[:FEEDS]->(z:Space) | z.name] AS fed,
       [(n)<-[:HAS_POINT]-(o)-[:FEEDS]->(z:Space) | z.name] AS owner_fed,
       [(n)-[:LOCATED_IN]->(z:Space) | z.name] AS own,
       [(n)<-[:HAS_PART]-(z:Space) | z.name] AS within
