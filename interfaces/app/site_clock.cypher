// timezone: of the first site that states one
MATCH (s:Site) WHERE s.timezone IS NOT NULL
RETURN s.timezone AS timezone ORDER BY s.id LIMIT 1
