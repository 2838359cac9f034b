// index: the name of the full-text index, if there is one
MATCH (m:Meta {id: 'plant'}) RETURN m.search AS index

// full_text: the best hits first
CALL db.index.fulltext.queryNodes($index, $query) YIELD node, score
RETURN node.id AS id, node.name AS name, node.class AS class, labels(node) AS labels, score
ORDER BY score DESC, id
LIMIT $limit

// scan: things whose names have a word beginning with each, the shortest first
MATCH (n:Entity)
WHERE all(word IN $words WHERE n.search_text =~ ('(?sU).*\\b' + word + '.*'))
RETURN n.id AS id, n.name AS name, n.class AS class, labels(n) AS labels, 1.0 / size(n.search_text) AS score
ORDER BY score DESC, id
LIMIT $limit
