// reporting: devices that points of the plant have had readings from
MATCH (p:Point) WHERE p.at IS NOT NULL AND p.source CONTAINS '/' AND p.unassigned IS NULL
RETURN collect(DISTINCT split(p.source, '/')[0]) AS names
