// put: what is said of each asset, in place of what was said before
UNWIND $rows AS row
MATCH (a:Entity {id: row.asset})
MERGE (f:FailureForecast {id: row.asset})
SET f += row.told
MERGE (f)-[:ABOUT]->(a)

// drop_others: of assets that the newest run said nothing of
MATCH (f:FailureForecast) WHERE f.made_at < $before
DETACH DELETE f

// all: of every asset
MATCH (f:FailureForecast)-[:ABOUT]->(a:Entity)

// some: of these assets
UNWIND $ids AS id
MATCH (a:Entity {id: id})<-[:ABOUT]-(f:FailureForecast)

// told: what they say
RETURN a.id AS asset, properties(f) AS told
ORDER BY a.id
