-- statistics: of each source in each bucket; a bucket begins at an edge and ends at the next one or at the window's end
, placed as (
  select s.*, min(min) over b as low, max(max) over b as high
  from (select segment.*, width_bucket(at, %(edges)s::timestamptz[]) as bucket from segment) s
  window b as (partition by source, bucket))
select source, bucket, sum(samples) as samples, sum(numbers) as numbers, max(last_at) as at, min(low) as min, max(high) as max,
       min(min_at) filter (where min = low) as min_at, min(max_at) filter (where max = high) as max_at,
       max(max) - min(min) as range, sum(sum) as sum, sum(sum) / nullif(sum(numbers), 0) as mean
from placed
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

-- counted: how many numbers each source has ever read, and how many of them are below the one before; follows segments
select source, sum(numbers) as numbers, sum(falls) + count(*) filter (where first_number < earlier) as falls
from (select *, lag(last_number) over (partition by source order by at) as earlier from segment where numbers > 0) s
group by source

-- before: the last reading of each source before the window; where its reading was removed, what its hour was summed up to tells of it
, before as (
  select w.source, w.series, b.at, b.value, b.text
  from wanted w
  cross join lateral (
    select * from (
      (select at, value, text, 1 as choice from reading
       where series = w.series and at < %(start)s and (value is not null or not %(numeric)s) order by at desc limit 1)
      union all
      (select case when %(numeric)s then last_number_at else last_at end, case when %(numeric)s or last_number_at = last_at then last_number end,
              last_text, 2
       from reading_1h where series = w.series and at <= %(start)s - interval '1 hour' and (numbers > 0 or not %(numeric)s)
       order by at desc limit 1)) both_kinds
    order by at desc, choice limit 1) b)

-- after: the first reading of each source from the window's end on, as far as the present
, after as (
  select w.source, w.series, a.at, a.value, a.text
  from wanted w
  cross join lateral (
    select * from (
      (select at, value, text, 1 as choice from reading
       where series = w.series and at >= %(end)s and at <= %(now)s and (value is not null or not %(numeric)s) order by at limit 1)
      union all
      (select case when %(numeric)s then first_number_at else first_at end, case when %(numeric)s or first_number_at = first_at then first_number end,
              first_text, 2
       from reading_1h where series = w.series and at >= %(end)s and at <= %(now)s and (numbers > 0 or not %(numeric)s)
       order by at limit 1)) both_kinds
    order by at, choice limit 1) a)

-- whole: what an integral is made of: segments as they are
, sided as (select source, first_at, last_at, numbers, samples, sum, min, max, hours, integral,
                   case when last_number_at = last_at then last_number end as last_value from segment)

-- told_apart: what a duration is made of: segments on one side of the threshold; others reading by reading
, judged as (
  select *, samples = 1 or numbers = 0 or min > %(threshold)s or max < %(threshold)s or min = max as one_sided from segment),
sided as (
  select source, first_at, last_at, numbers, samples, sum, min, max, hours, integral,
         case when last_number_at = last_at then last_number end as last_value
  from judged where one_sided
  union all
  select s.source, r.at, r.at, (r.value is not null)::int, 1, r.value, r.value, r.value, 0, 0, r.value
  from judged s
  cross join lateral (select * from reading where series = s.series and at >= s.first_at and at <= s.last_at
    and at >= %(first)s and at < %(last)s offset 0) r
  where not s.one_sided)

-- held: hours that each source spent above and below a threshold, and its integral over the hours, in each bucket; a reading
-- holds until the next one, for so long at most, and into the window from before it
, holding as (select * from unnest(%(sources)s::text[], %(holds)s::float8[]) h (source, longest)),
held as (
  select * from sided
  union all
  select source, at, at, 0, 0, null, null, null, 0, 0, value from before),
gap as (
  select source, last_at as at, last_value as value, greatest(last_at, %(start)s) as since,
         least(coalesce(next, 'infinity'), last_at + longest * interval '1 hour', %(end)s, %(now)s) as until
  from (
    select source, last_at, last_value, lead(first_at) over (partition by source order by first_at) as next from held) s
  join holding using (source)
  where last_value is not null),
stretch as (
  select source, last_at as at, width_bucket(first_at, %(edges)s::timestamptz[]) as bucket, numbers as samples, sum, numbers,
         min as low, max as high, hours, integral
  from sided where numbers > 0
  union all
  select source, at, bucket, 0, 0, 0, value, value, hours, value * hours
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
       sum(integral) as integral,
       case when sum(hours) > 0 then sum(integral) / sum(hours) else sum(sum) / nullif(sum(numbers), 0) end as mean
from stretch
group by source, bucket
having sum(hours) > 0 or sum(numbers) > 0
order by source, bucket

-- numbers: of a source whose numbers count something: segments in order, with the readings on either side of the window
, asked as (select * from unnest(%(sources)s::text[], %(counts)s::boolean[], %(begins)s::boolean[]) a (source, counts, begins)),
number as (
  select source, true as inside, at, first_number_at, first_number, last_number_at, last_number, rise, falls, sum, numbers
  from segment where numbers > 0
  union all select source, false, at, at, value, at, value, 0, 0, 0, 0 from before
  union all select source, false, at, at, value, at, value, 0, 0, 0, 0 from after),
step as (
  select n.*, a.counts, a.begins, lead(first_number_at) over w as next_at, lead(first_number) over w as next_number,
         lag(last_number_at) over w is null as is_first
  from number n join asked a using (source)
  window w as (partition by n.source order by n.first_number_at))

-- used: of each source in each bucket: the rise of a counter or the sum of amounts. What lies between two readings is spread evenly over
-- the time between them. An amount is of the time since the reading before, or until the next one (``begins``)
, between as (
  select source, last_number_at as since, next_at as until, (counts and next_number < last_number)::int as falls,
         case when counts then greatest(next_number - last_number, 0) when begins then last_number else next_number end as used
  from step where next_at > last_number_at and next_at > %(start)s and last_number_at < %(end)s),
share_of as (
  select source, width_bucket(at, %(edges)s::timestamptz[]) as bucket, last_number_at as at, numbers as samples, falls,
         case when counts then rise when begins then sum - last_number else sum - first_number end as used
  from step where inside
  union all
  select source, width_bucket(case when begins then last_number_at else first_number_at - interval '1 microsecond' end, %(edges)s::timestamptz[]),
         last_number_at, 0, 0, case when begins then last_number else first_number end
  from step where inside and not counts and case when begins then next_at is null else is_first and first_number_at > %(start)s end
  union all
  select s.source, b.bucket, least(s.until, %(end)s), 0, s.falls, s.used * o.share
  from between s
  cross join lateral generate_series(
    width_bucket(greatest(s.since, %(start)s), %(edges)s::timestamptz[]),
    width_bucket(least(s.until, %(end)s) - interval '1 microsecond', %(edges)s::timestamptz[])) b (bucket)
  cross join lateral (
    select date_part('epoch', least(s.until, %(end)s, (%(edges)s::timestamptz[])[b.bucket + 1])
                              - greatest(s.since, %(start)s, (%(edges)s::timestamptz[])[b.bucket]))
           / date_part('epoch', s.until - s.since) as share) o)
select source, bucket, sum(samples) as samples, max(at) as at, sum(falls) as falls, sum(used) as used
from share_of
group by source, bucket
having count(used) > 0
order by source, bucket

-- fallen: each pair of readings of a counter of which the later one is lower, at most so many of each source
, fall as (
  select source, last_number_at as since, next_at as until, last_number as high, next_number as low
  from step where counts and next_number < last_number and next_at > %(start)s and last_number_at < %(end)s
  union all
  select s.source, r.since, r.until, r.high, r.low
  from step s
  join wanted w using (source)
  cross join lateral (
    select lag(at) over (order by at) as since, at as until, lag(value) over (order by at) as high, value as low
    from reading where series = w.series and at >= s.first_number_at and at <= s.last_number_at and value is not null offset 0) r
  where s.counts and s.falls > 0 and r.low < r.high)
select source, since, until, high, low
from (select *, row_number() over (partition by source order by until) as place from fall) f
where place <= %(most)s
order by source, until

-- lasting: from when until when each reading of a state lasts: until the next reading, for so long at most, and the newest one for a
-- day. The segments in which nothing switches are read whole
, holding as (select * from unnest(%(sources)s::text[], %(holds)s::float8[]) h (source, longest)),
seen as (
  select source, first_at, last_at, case when last_number_at = last_at then last_number end as value, last_text as text, samples
  from segment where switches = 0
  union all
  select s.source, r.at, r.at, r.value, r.text, 1
  from segment s
  cross join lateral (select * from reading where series = s.series and at >= s.first_at and at <= s.last_at offset 0) r
  where s.switches is distinct from 0
  union all select source, at, at, value, text, 0 from before
  union all select source, at, at, value, text, 0 from after),
state as (
  select r.*, lead(first_at) over w as next, lag(value) over w as value_before, lag(text) over w as text_before, lag(last_at) over w is null as is_first,
         longest
  from seen r join holding using (source)
  window w as (partition by source order by first_at)),
lasting as (
  select *, greatest(first_at, %(start)s) as since,
         least(next, last_at + coalesce(longest, case when next is null then 24 end) * interval '1 hour', %(end)s, %(now)s) as until
  from state)

-- states: hours of each source in each state and bucket, and how often it came into it from which other; follows lasting
select source, b.bucket, value, text, value_before, text_before, is_first, max(last_at) as at,
       coalesce(sum(samples) filter (where first_at >= %(start)s and b.bucket = width_bucket(first_at, %(edges)s::timestamptz[])), 0) as samples,
       sum(date_part('epoch', least(until, (%(edges)s::timestamptz[])[b.bucket + 1]) - greatest(since, (%(edges)s::timestamptz[])[b.bucket]))) / 3600 as hours,
       count(*) filter (where first_at >= %(start)s and b.bucket = width_bucket(first_at, %(edges)s::timestamptz[])) as entered
from lasting
cross join lateral generate_series(
  width_bucket(since, %(edges)s::timestamptz[]), width_bucket(greatest(until - interval '1 microsecond', since), %(edges)s::timestamptz[])) b (bucket)
where until > since and last_at < %(end)s and until > %(start)s
group by source, b.bucket, value, text, value_before, text_before, is_first
order by source, b.bucket

-- stretches: from when until when each source was in one state without a gap, oldest first; follows lasting
select source, value, text, min(since) as since, max(until) as until, max(last_at) as at
from (
  select s.*, count(*) filter (where begins) over (partition by source order by first_at rows unbounded preceding) as place
  from (
    select l.*, is_first or (value, text) is distinct from (value_before, text_before) or since is distinct from lag(until) over w as begins
    from lasting l
    where until > since and last_at < %(end)s and until > %(start)s
    window w as (partition by source order by first_at)) s) t
group by source, place, value, text
order by source, since
