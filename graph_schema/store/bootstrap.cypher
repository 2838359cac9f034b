// constraint_entity: one id for all kinds of things
CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE

// constraint_class: one node per class of the ontology
CREATE CONSTRAINT class_id IF NOT EXISTS FOR (n:Class) REQUIRE n.id IS UNIQUE

// constraint_meta: what the graph knows of itself
CREATE CONSTRAINT meta_id IF NOT EXISTS FOR (n:Meta) REQUIRE n.id IS UNIQUE

// constraint_forecast: one outlook for each thing
CREATE CONSTRAINT forecast_id IF NOT EXISTS FOR (n:Forecast) REQUIRE n.id IS UNIQUE

// constraint_failure_forecast: and one probability of failing
CREATE CONSTRAINT failure_forecast_id IF NOT EXISTS FOR (n:FailureForecast) REQUIRE n.id IS UNIQUE

// constraint_work_order: one node for each order
CREATE CONSTRAINT work_order_number IF NOT EXISTS FOR (n:WorkOrder) REQUIRE n.number IS UNIQUE

// index_iri: an import finds what it described before
CREATE INDEX entity_iri IF NOT EXISTS FOR (n:Entity) ON (n.iri)

// index_source: telemetry finds its point
CREATE INDEX point_source IF NOT EXISTS FOR (n:Point) ON (n.source)

// index_quantity: questions about values begin at the points of a quantity
CREATE INDEX point_quantity IF NOT EXISTS FOR (n:Point) ON (n.quantity)

// index_status: what needs attention begins at the points in a status, or that came to another one lately
CREATE INDEX point_status IF NOT EXISTS FOR (n:Point) ON (n.status)

// index_status_since: what changed in a window
CREATE INDEX point_status_since IF NOT EXISTS FOR (n:Point) ON (n.status_since)

// index_quality_since: what came to be doubted in a window
CREATE INDEX point_quality_since IF NOT EXISTS FOR (n:Point) ON (n.quality_since)

// index_called: a name in any case finds what is called so
CREATE INDEX entity_called IF NOT EXISTS FOR (n:Entity) ON (n.called)

// index_alias: and so does an alias
CREATE INDEX alias_called IF NOT EXISTS FOR (n:Alias) ON (n.called)

// full_text: Neo4j's; ArcadeDB's goes over SQL
CREATE FULLTEXT INDEX entity_text IF NOT EXISTS FOR (n:Entity) ON EACH [n.search_text]

// remember_search: the name of the full-text index, null where there is none
MERGE (m:Meta {id: 'plant'}) SET m.search = $index
