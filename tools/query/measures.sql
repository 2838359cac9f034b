-- statistics: of each source in each bucket; a bucket begins at an edge and ends at the next one or at the window's end
select source, width_bucket(at, %(edges)s::timestamptz[]) as bucket, sum(samples) as samples, sum(numbers) as numbers, max(last_at) as at,
       sum(sum) / nullif(sum(numbers), 0) as mean, min(min) as min, max(max) as max, max(max) - min(min) as range, sum(sum) as sum
from segment
group by source, bucket
order by source, bucket

-- deviation: the sample standard deviation of each source in each bucket, from the squares within the segments and between them
, centred as (
  select s.*, sum(sum) over b / nullif(sum(numbers) over b, 0) as mean
  from (select segment.*, width_bucket(at, %(edges)s::timestamptz[]) as bucket from segment) s
  window b as (partition by source, bucket))
select source, bucket, sum(samples) as samples, max(last_at) as at,
       case when sum(numbers) > 1 then
         sqrt(sum(squares + numbers * case when abs(away) > 1e-150 then away * away else 0 end) / (sum(numbers) - 1)) end as stddev
from (select *, sum / nullif(numbers, 0) - mean as away from centred) c
group by source, bucket
order by source, bucket

-- extremes_in_time: the first and the last reading of each source in each bucket
, edge as (
  select source, width_bucket(at, %(edges)s::timestamptz[]) as bucket, case when %(numeric)s then numbers else samples end as samples,
         case when %(numeric)s then first_number_at else first_at end as first_at, first_number_at, first_number, first_text,
         case when %(numeric)s then last_number_at else last_at end as last_at, last_number_at, last_number, last_text
  from segment where numbers > 0 or not %(numeric)s),
outer_edge as (
  select source, bucket, sum(samples) as samples, min(first_at) as first_at, max(last_at) as last_at
  from edge group by source, bucket)
select o.source, o.bucket, o.samples, o.first_at, o.last_at,
       case when a.first_number_at = a.first_at then a.first_number end as first, a.first_text,
       case when b.last_number_at = b.last_at then b.last_number end as last, b.last_text, b.last_number - a.first_number as change
from outer_edge o
join edge a on a.source = o.source and a.bucket = o.bucket and a.first_at = o.first_at
join edge b on b.source = o.source and b.bucket = o.bucket and b.last_at = o.last_at
order by o.source, o.bucket

-- at: the newest reading of each source at or before a moment
select s.source, r.at, r.value, r.text
from series s
cross join lateral (select at, value, text from reading where series = s.id and at <= %(at)s order by at desc limit 1) r
where s.source = any(%(sources)s)
order by s.source

-- whole: what an integral is made of: segments as they are
, held as (select * from segment)

-- told_apart: what a duration is made of: segments on one side of the threshold; others reading by reading
, sided as (
  select *, samples = 1 or numbers = 0 or min > %(threshold)s or max < %(threshold)s or min = max as one_sided from segment),
held as (
  select * from sided where one_sided
  union all
  select s.source, s.series, r.at, false, 1, (r.value is not null)::int, r.value, 0, r.value, r.value, r.at, r.at,
         null, null, case when r.value is not null then r.at end, r.value, null, null, 0, 0, true
  from sided s
  cross join lateral (select * from reading where series = s.series and at >= s.first_at and at <= s.last_at
    and at >= %(first)s and at < %(last)s offset 0) r
  where not s.one_sided)

-- held: hours that each source spent above and below a threshold, and its integral over the hours, in each bucket; a reading
-- holds until the next one, at most an hour, and into the window from before it
, gap as (
  select source, last_at as at, value, greatest(last_at, %(start)s) as since,
         least(coalesce(next, 'infinity'), last_at + interval '1 hour', %(end)s, %(now)s) as until
  from (
    select source, last_at, case when last_number_at = last_at then last_number end as value,
           lead(first_at) over (partition by source order by first_at) as next
    from held) s
  where value is not null),
stretch as (
  select source, last_at as at, width_bucket(at, %(edges)s::timestamptz[]) as bucket, numbers as samples, min as low, max as high,
         hours, integral
  from held where at >= %(start)s and numbers > 0
  union all
  select source, at, bucket, 0, value, value, hours, value * hours
  from (
    select g.*, b.bucket,
           date_part('epoch', least(g.until, (%(edges)s::timestamptz[])[b.bucket + 1]) - greatest(g.since, (%(edges)s::timestamptz[])[b.bucket]))
             / 3600 as hours
    from gap g
    cross join lateral generate_series(
      width_bucket(g.since, %(edges)s::timestamptz[]), width_bucket(g.until - interval '1 microsecond', %(edges)s::timestamptz[])) b (bucket)
    where g.until > g.since) s)
select source, bucket, sum(samples) as samples, max(at) as at, sum(hours) as hours,
       coalesce(sum(hours) filter (where low > %(threshold)s), 0) as duration_above,
       coalesce(sum(hours) filter (where high < %(threshold)s), 0) as duration_below,
       sum(integral) as integral
from stretch
group by source, bucket
having sum(hours) > 0
order by source, bucket
