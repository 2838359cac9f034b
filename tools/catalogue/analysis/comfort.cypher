// points: of these quantities with their limits, whose they are, and how long they may be silent
UNWIND $quantities AS quantity
MATCH (p:Point {quantity: quantity}) WHERE p.source IS NOT NULL
RETURN collect([[(p)<-[:HAS_POINT]-(o:Entity) | o.id], p.id, p.name, p.quantity, p.unit, p.source, p.low, p.high, p.deadband, p.stale_after_s]) AS rows
