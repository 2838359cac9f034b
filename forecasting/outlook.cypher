// put: the outlook of each asset, in place of the one before
UNWIND $rows AS row
MATCH (a:Entity {id: row.asset})
MERGE (f:Forecast {id: row.asset})
SET f.state = row.state, f.probability = row.probability, f.horizon_days = row.horizon_days, f.expected_at = row.expected_at,
    f.earliest_at = row.earliest_at, f.latest_at = row.latest_at, f.mode = row.mode, f.advice = row.advice,
    f.reasons = row.reasons, f.points = row.points, f.model = row.model, f.made_at = row.made_at,
    f.since = row.since, f.certainty = row.certainty, f.unknown = row.unknown
MERGE (f)-[:ABOUT]->(a)

// drop_others: of assets that the newest run no longer assessed
MATCH (f:Forecast) WHERE f.made_at < $before
DETACH DELETE f

// all: every outlook there is
MATCH (f:Forecast)-[:ABOUT]->(a:Entity)

// some: those of these assets
UNWIND $ids AS id
MATCH (a:Entity {id: id})<-[:ABOUT]-(f:Forecast)

// flagged: those that say that something is wrong
MATCH (f:Forecast)-[:ABOUT]->(a:Entity) WHERE f.state = 'flagged'

// told: what they say
RETURN a.id AS asset, f.state AS state, f.probability AS probability, f.horizon_days AS horizon_days, f.expected_at AS expected_at,
       f.earliest_at AS earliest_at, f.latest_at AS latest_at, f.mode AS mode, f.advice AS advice, f.reasons AS reasons,
       f.points AS points, f.model AS model, f.made_at AS made_at, f.since AS since, f.certainty AS certainty,
       f.unknown AS unknown
ORDER BY a.id

// of: those of these assets
UNWIND $ids AS id
MATCH (f:Forecast {id: id})-[:ABOUT]->(a:Entity)
RETURN a.id AS asset, properties(f) AS told
