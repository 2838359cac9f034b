// sensors: points that telemetry is addressed to, with what they belong to
MATCH (p:Point) WHERE p.source IS NOT NULL
OPTIONAL MATCH (owner)-[:HAS_POINT]->(p)
RETURN p.id AS id, p.name AS name, p.source AS source, p.quantity AS quantity, p.unit AS unit, p.stale_after_s AS stale_after_s,
       p.unassigned AS unassigned, collect({id: owner.id, name: owner.name, class: owner.class}) AS owners

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
