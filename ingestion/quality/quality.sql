-- buckets: follows the text of segments; what each source sent, by the quarter of an hour, the hour or the day
, bucket as (
  select source, date_bin(case when at >= %(fine)s then interval '15 minutes' when at >= %(hours)s then interval '1 hour' else interval '1 day' end,
                          at, timestamptz 'epoch') as start,
         sum(numbers) as numbers, sum(sum) / sum(numbers) as mean, min(min) as low, max(max) as high, min(first_at) as first, max(last_at) as last
  from segment where numbers > 0 group by 1, 2)
select source, array_agg(extract(epoch from start)::float8 order by start) as start, array_agg(numbers::float8 order by start) as samples,
       array_agg(mean order by start) as mean, array_agg(low order by start) as low, array_agg(high order by start) as high,
       array_agg(extract(epoch from first)::float8 order by start) as first, array_agg(extract(epoch from last)::float8 order by start) as last
from bucket group by source

-- newest: the newest numbers of each source, at most so many
select s.source, r.at, r.value
from series s
cross join lateral (
    select array_agg(extract(epoch from n.at)::float8 order by n.at) as at, array_agg(n.value order by n.at) as value
    from (select at, value from reading where series = s.id and at >= %(since)s and value is not null order by at desc limit %(most)s) n
) r
where s.source = any(%(sources)s) and r.at is not null
