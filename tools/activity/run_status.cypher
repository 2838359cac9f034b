// parts: what these assets consist of, each with the asset it was found for
UNWIND $ids AS id
MATCH (:Entity {id: id})-[:HAS_PART*1..4]->(x:Asset)
RETURN id, collect(DISTINCT x.id) AS parts
