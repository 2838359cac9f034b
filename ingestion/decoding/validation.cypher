// version: goes up whenever the plant changes
MATCH (m:Meta {id: 'plant'}) RETURN m.version AS version

// measured: what each point that telemetry is addressed to measures
MATCH (p:Point) WHERE p.source IS NOT NULL RETURN p.source AS source, p.quantity AS quantity, p.unit AS unit
