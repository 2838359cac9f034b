// version: goes up whenever the plant changes
MATCH (m:Meta {id: 'plant'}) RETURN m.version AS version

// address_book: every point that telemetry may be addressed to
MATCH (p:Point) WHERE p.source IS NOT NULL OR p.addresses IS NOT NULL
OPTIONAL MATCH (p)<-[:HAS_POINT]-(owner)
RETURN p.id AS id, collect(owner.id) AS owners, coalesce(p.source, '') AS source, coalesce(p.addresses, []) AS addresses, p.low AS low, p.high AS high, p.stale_after_s AS stale_after_s,
       p.warning_band AS warning_band, p.deadband AS deadband, p.delay_on_s AS delay_on_s, p.delay_off_s AS delay_off_s,
       p.latched AS latched, p.value AS value, p.text AS text, p.at AS at, p.status AS status, p.status_since AS status_since,
       p.status_before AS status_before, p.status_worst AS status_worst, p.status_before_worst AS status_before_worst,
       p.status_counted AS status_counted, p.unassigned AS unassigned

// devices: those that are in the graph
MATCH (d:Device) RETURN d.id AS id

// set_values: only what is newer (or corrects the same moment), or follows on a clock that was put back
UNWIND $rows AS row
MATCH (p:Entity {id: row.id}) WHERE p.at IS NULL OR p.at <= row.at OR p.at > $latest
SET p.value = row.value, p.text = row.text, p.at = row.at, p.status = row.status

// set_statuses: of points that fell silent, unless another process has heard of them since
UNWIND $rows AS row
MATCH (p:Entity {id: row.id}) WHERE p.at IS NULL OR p.at <= row.at OR p.at > $latest
SET p.status = row.status

// set_conditions: since when it is so, and how it was before, of points whose status changed
UNWIND $rows AS row
MATCH (p:Entity {id: row.id}) WHERE p.at IS NULL OR p.at <= row.at OR p.at > $latest
SET p.status_since = row.since, p.status_before = row.before, p.status_worst = row.worst, p.status_before_worst = row.before_worst,
    p.status_counted = row.counted

// moments: when points were last read, by whatever process
UNWIND $ids AS id
MATCH (p:Entity {id: id}) RETURN p.id AS id, p.at AS at

// owner_statuses: an owner's status is the worst of its points'
UNWIND $owners AS id
MATCH (owner:Entity {id: id})
MATCH (owner)-[:HAS_POINT]->(p)
WITH owner, collect(p.status) AS statuses
SET owner.status = coalesce(head([s IN $worst_first WHERE s IN statuses]), 'unknown')

// add_devices: that nobody described. A MERGE on two labels would scan on ArcadeDB
UNWIND $rows AS row
OPTIONAL MATCH (known:Entity {id: row.id})
WITH row, known WHERE known IS NULL
CREATE (:Entity:Device {id: row.id})

// name_devices: after their addresses
UNWIND $rows AS row
MATCH (d:Entity {id: row.id})
SET d.name = row.name, d.called = row.called, d.aliases = [row.alias]

// add_points: of such devices
UNWIND $rows AS row
OPTIONAL MATCH (known:Entity {id: row.id})
WITH row, known WHERE known IS NULL
CREATE (:Entity:Point {id: row.id})

// describe_points: unassigned until an import gives their address to a point of the plant
UNWIND $rows AS row
MATCH (p:Entity {id: row.id})
SET p.name = row.name, p.called = row.called, p.quantity = row.quantity, p.source = row.source, p.unassigned = true, p.unit = row.unit

// link_points: to their devices
UNWIND $rows AS row
MATCH (d:Entity {id: row.device})
MATCH (p:Entity {id: row.point})
MERGE (d)-[:REPORTS]->(p)

// devices_seen: the newest reading of each device that is in the graph
UNWIND $rows AS row
MATCH (d:Entity {id: row.id}) WHERE d.last_seen IS NULL OR d.last_seen < row.last_seen OR d.last_seen > $latest
SET d.last_seen = row.last_seen

// settle: the address that the first reading of a point came under is where its history is
UNWIND $rows AS row
MATCH (p:Entity {id: row.id})
SET p.source = row.source

// adopt: a point of the plant took over the address; the placeholder goes
UNWIND $rows AS row
MATCH (placeholder:Entity {id: row.placeholder})
DETACH DELETE placeholder

// bump_version: so that others refresh what they know of the plant
MERGE (m:Meta {id: 'plant'})
SET m.version = coalesce(m.version, 0) + 1
RETURN m.version AS version
