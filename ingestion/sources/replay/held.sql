-- how_many: readings of each of these series within a span
select source, (select count(*) from reading where series = s.id and at between %(first)s and %(last)s) as readings
from series s where source = any(%(sources)s)

-- within: all that history has of these series within a span
select s.source, r.at, r.value, r.text
from series s cross join lateral (
    select at, value, text from reading where series = s.id and at between %(first)s and %(last)s offset 0
) r
where s.source = any(%(sources)s)

-- at: what it has at these moments of these series, looked up one by one
select s.source, r.at, r.value, r.text
from (select * from unnest(%(sources)s::text[], %(moments)s::timestamptz[]) as k (source, moment) offset 0) k
join series s on s.source = k.source
cross join lateral (
    select at, value, text from reading where series = s.id and at = k.moment and at between %(first)s and %(last)s limit 1
) r
