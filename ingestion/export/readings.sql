-- sources: that have readings, in the order of the export
select source from series where %(sources)s::text[] is null or source = any(%(sources)s::text[]) order by source

-- raw: of one series, by the primary key's order
select r.at, d.asset_name, d.name as point_name, r.value, r.text, d.unit, s.source, d.point, d.asset
from series s
join reading r on r.series = s.id
left join plantroom_points d on d.source = s.source
where s.source = %(source)s and r.at >= %(since)s::timestamptz and r.at < %(until)s::timestamptz
order by r.at, d.point

-- hourly: of one series
select hour, asset_name, point_name, mean, min, max, last, samples, unit, source, point, asset
from plantroom_hours
where source = %(source)s and hour >= %(since)s::timestamptz and hour < %(until)s::timestamptz
order by hour, point
