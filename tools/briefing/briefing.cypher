// sites: what the plant is called; of several it is none of them
match (s:Site) return s.name as name order by s.id limit 2
