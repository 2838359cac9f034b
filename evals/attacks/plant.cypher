// texts: the newest value of points that report words
UNWIND $rows AS row
MATCH (p:Entity {id: row.id})
SET p.text = row.text, p.at = row.at, p.status = 'normal'
