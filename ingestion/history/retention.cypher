// classes: of the points that telemetry is addressed to
MATCH (p:Point) WHERE p.source IS NOT NULL RETURN collect([p.source, p.class]) AS pairs
