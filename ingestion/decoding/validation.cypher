// version: goes up whenever the plant changes
MATCH (m:Meta {id: 'plant'}) RETURN m.version AS version

// measured: what each point that telemetry is addressed to measures, and its newest value: whether it is a number, or which text
MATCH (p:Point) WHERE p.source IS NOT NULL
RETURN p.source AS source, p.quantity AS quantity, p.unit AS unit, coalesce(p.unassigned, false) AS unassigned,
       p.value IS NOT NULL AS number, p.text AS text
