-- statistics: of each source in each bucket; a bucket begins at an edge and ends at the next one or at the window's end
with wanted as (select id, source from series where source = any(%(sources)s))
select w.source, width_bucket(r.at, %(edges)s::timestamptz[]) as bucket, count(*) as samples, count(r.value) as numbers, max(r.at) as at,
       avg(r.value) as mean, min(r.value) as min, max(r.value) as max, max(r.value) - min(r.value) as range,
       stddev_samp(r.value) as stddev, sum(r.value) as sum
from wanted w join reading r on r.series = w.id
where r.at >= %(start)s and r.at < %(end)s and r.at <= %(now)s
group by w.source, bucket
order by w.source, bucket

-- extremes_in_time: the first and the last reading of each source in each bucket
with wanted as (select id, source from series where source = any(%(sources)s)),
edge as (
  select w.id, w.source, width_bucket(r.at, %(edges)s::timestamptz[]) as bucket, count(*) as samples, min(r.at) as first_at, max(r.at) as last_at
  from wanted w join reading r on r.series = w.id
  where r.at >= %(start)s and r.at < %(end)s and r.at <= %(now)s and (r.value is not null or not %(numeric)s)
  group by w.id, w.source, bucket)
select e.source, e.bucket, e.samples, e.first_at, e.last_at,
       a.value as first, a.text as first_text, b.value as last, b.text as last_text, b.value - a.value as change
from edge e
join reading a on a.series = e.id and a.at = e.first_at
join reading b on b.series = e.id and b.at = e.last_at
order by e.source, e.bucket

-- at: the newest reading of each source at or before a moment
select s.source, r.at, r.value, r.text
from series s
cross join lateral (select at, value, text from reading where series = s.id and at <= %(at)s order by at desc limit 1) r
where s.source = any(%(sources)s)
order by s.source

-- held: hours that each source spent above and below a threshold, and its integral over the hours, in each bucket; a reading
-- holds until the next one, at most an hour, and into the window from before it
with wanted as (select id, source from series where source = any(%(sources)s)),
span as (
  select w.source, r.at, r.value, lead(r.at) over (partition by r.series order by r.at) as next
  from wanted w join reading r on r.series = w.id
  where r.at >= %(start)s::timestamptz - interval '1 hour' and r.at < %(end)s and r.at <= %(now)s),
held as (
  select source, at, value, greatest(at, %(start)s) as since, least(coalesce(next, 'infinity'), at + interval '1 hour', %(end)s, %(now)s) as until
  from span where value is not null),
piece as (
  select h.source, h.at, h.value, b.bucket, h.since, (%(edges)s::timestamptz[])[b.bucket] as opened,
         extract(epoch from least(h.until, (%(edges)s::timestamptz[])[b.bucket + 1]) - greatest(h.since, (%(edges)s::timestamptz[])[b.bucket])) / 3600.0 as hours
  from held h
  cross join lateral generate_series(
    width_bucket(h.since, %(edges)s::timestamptz[]), width_bucket(h.until - interval '1 microsecond', %(edges)s::timestamptz[])) b (bucket)
  where h.until > h.since)
select source, bucket, count(*) filter (where at >= opened) as samples, max(at) as at, sum(hours)::float8 as hours,
       coalesce(sum(hours) filter (where value > %(threshold)s), 0)::float8 as duration_above,
       coalesce(sum(hours) filter (where value < %(threshold)s), 0)::float8 as duration_below,
       sum(value * hours)::float8 as integral
from piece
group by source, bucket
order by source, bucket
