// put: orders as nodes at their asset, in place of what was known of them
UNWIND $rows AS row
MERGE (o:WorkOrder {number: row.number})
SET o.kind = row.kind, o.priority = row.priority, o.status = row.status, o.open = row.open, o.text = row.text, o.code = row.code,
    o.assignee = row.assignee, o.opened_at = row.opened_at, o.due_at = row.due_at, o.closed_at = row.closed_at, o.changed_at = row.changed_at,
    o.asset = row.asset

// part: from the asset that they were at
UNWIND $rows AS row
MATCH (o:WorkOrder {number: row.number})-[r:ABOUT]->(a:Entity) WHERE a.id <> row.asset
DELETE r

// join: to the asset that they are at
UNWIND $rows AS row
MATCH (o:WorkOrder {number: row.number})
MATCH (a:Entity {id: row.asset})
MERGE (o)-[:ABOUT]->(a)

// known: what there is, and whether its asset has it
MATCH (o:WorkOrder) OPTIONAL MATCH (o)-[:ABOUT]->(a:Entity)
RETURN o.number AS number, o.changed_at AS changed_at, a IS NOT NULL AS joined
