// version: goes up whenever the plant changes
MATCH (m:Meta {id: 'plant'}) RETURN m.version AS version

// measured: what each point that telemetry is addressed to measures, its newest value (whether it is a number, or which text), and what
// else it is known by
MATCH (p:Point) WHERE p.source IS NOT NULL OR p.addresses IS NOT NULL
RETURN p.id AS id, p.source AS source, p.addresses AS addresses, coalesce(p.unassigned, false) AS unassigned, p.quantity AS quantity, p.unit AS unit,
       p.value IS NOT NULL AS number, p.text AS text
