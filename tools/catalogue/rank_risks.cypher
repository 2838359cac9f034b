// open: points beyond their limits or silent, now or after a moment, with what they belong to; an OR would use no index
MATCH (p:Point) WHERE p.status IN ['alarm', 'warning', 'stale']
MATCH (p)<-[:HAS_POINT]-(o:Entity)
RETURN o.id AS owner, p.id AS id, p.quantity AS quantity, p.unit AS unit, p.value AS value, p.text AS text, p.at AS at,
       p.status AS status, p.low AS low, p.high AS high, p.status_since AS since,
       p.status_before AS before, p.status_worst AS worst, p.status_before_worst AS before_worst, p.status_counted AS counted
UNION
MATCH (p:Point) WHERE p.status_since > $after AND p.status_before IN ['alarm', 'warning', 'stale']
MATCH (p)<-[:HAS_POINT]-(o:Entity)
RETURN o.id AS owner, p.id AS id, p.quantity AS quantity, p.unit AS unit, p.value AS value, p.text AS text, p.at AS at,
       p.status AS status, p.low AS low, p.high AS high, p.status_since AS since,
       p.status_before AS before, p.status_worst AS worst, p.status_before_worst AS before_worst, p.status_counted AS counted

// criticality: of those that state it
MATCH (n:Entity) WHERE n.id IN $ids AND n.criticality IS NOT NULL
RETURN n.id AS id, n.criticality AS criticality

// any_reading: whether anything was ever read
MATCH (p:Point) WHERE p.at IS NOT NULL RETURN p.id AS id LIMIT 1
