// sensors: points that telemetry is addressed to, with what they belong to
MATCH (p:Point) WHERE p.source IS NOT NULL
RETURN collect([p.id, p.name, p.source, p.quantity, p.unit, p.stale_after_s, [(p)<-[:HAS_POINT]-(owner) | [owner.id, owner.class]]]) AS rows

// clocks: what the devices' clocks are ahead
MATCH (d:Device) WHERE d.clock_ahead_s IS NOT NULL RETURN d.id AS id, d.clock_ahead_s AS ahead_s

// judge: the verdict on each point
UNWIND $rows AS row
MATCH (p:Entity {id: row.id})
SET p.quality = row.quality, p.quality_issues = row.issues, p.quality_kinds = row.kinds, p.quality_since = row.since

// judged: when all points were judged
MERGE (m:Meta {id: 'quality'}) SET m.at = $at, m.points = $points

// last_judged: when that was the last time
MATCH (m:Meta {id: 'quality'}) RETURN m.at AS at

// set_clocks: devices whose clocks are wrong, or were
UNWIND $rows AS row
MATCH (d:Entity {id: row.id})
SET d.clock_ahead_s = row.ahead_s
