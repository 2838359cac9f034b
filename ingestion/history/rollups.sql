-- try_lock: be the only one that sums up or removes readings
select pg_try_advisory_lock(%(key)s) as locked

-- unlock: let others
select pg_advisory_unlock(%(key)s)

-- waiting: how many hours are to be summed up
select count(*) as hours from changed_hour where state < 2 and hour <= %(before)s

-- is_claimed: whether some are claimed already, by a worker that was interrupted
select exists (select from changed_hour where state = 1) as claimed

-- claim: the next hours, day by day, so that what a batch reads lies together; later changes leave marks of their own
with next as (
    select series, hour from changed_hour
    where state = 0 and hour <= %(before)s
    order by date_bin('1 day', hour, timestamptz 'epoch'), series, hour
    limit %(most)s
)
update changed_hour c set state = 1 from next n where c.series = n.series and c.hour = n.hour and c.state = 0

-- moment: a number that every transaction so far is below
select pg_current_xact_id()::text as moment

-- is_over: whether all transactions from before that moment have ended
select pg_snapshot_xmin(pg_current_snapshot()) > %(moment)s::xid8 as over

-- make_parts: of the rollups that are in parts, for what is claimed
select make_part(rollup, month)
from (select distinct date_trunc('month', hour, 'UTC') as month from changed_hour where state = 1) m,
     unnest(array['reading_1m', 'reading_15m']::regclass[]) rollup

-- create_batch: a connection's own list of hours in hand; emptied by each commit
create temporary table if not exists batch (series integer, hour timestamptz) on commit delete rows

-- plan: a batch is looked up row by row, however large the tables are and whatever is known of them; a commit that a crash undoes is
-- done again, since its marks are back as well
set local synchronous_commit = off;
set local work_mem = '64MB';
set local enable_hashjoin = off;
set local enable_mergejoin = off;
set local enable_seqscan = off

-- take: some of the claimed hours; those whose readings were removed are final
with final as (
    delete from changed_hour c using series s where c.state = 1 and s.id = c.series and c.hour < s.raw_from
)
insert into batch (series, hour)
select c.series, c.hour from changed_hour c join series s on s.id = c.series
where c.state = 1 and (s.raw_from is null or c.hour >= s.raw_from)
order by date_bin('1 day', c.hour, timestamptz 'epoch'), c.series, c.hour
limit %(most)s

-- clear: what these hours and their days were summed up to before
with gone as (delete from changed_hour c using batch b where c.series = b.series and c.hour = b.hour and c.state > 0),
minutes as (
    delete from reading_1m r using batch b, generate_series(0, 59) n
    where r.series = b.series and r.at = b.hour + n * interval '1 minute'
      and exists (select from reading_1h h where h.series = b.series and h.at = b.hour and h.dense)
),
quarters as (
    delete from reading_15m r using batch b, generate_series(0, 3) n
    where r.series = b.series and r.at = b.hour + n * interval '15 minutes'
),
hours as (delete from reading_1h r using batch b where r.series = b.series and r.at = b.hour)
delete from reading_1d r using (select distinct series, date_bin('1 day', hour, timestamptz 'epoch') as day from batch) b
where r.series = b.series and r.at = b.day

-- quarters: followed by of_readings
insert into reading_15m
select r.* from batch b
cross join lateral (

-- minutes: of hours that are dense; followed by of_readings
insert into reading_1m
select r.* from batch b
join reading_1h h on h.series = b.series and h.at = b.hour and h.dense
cross join lateral (

-- of_readings: the readings of one hour summed up by bucket, in the order of a rollup's columns; numbers so near to zero that products
-- vanish are zero, and those so large that sums overflow are left out of sums, and unfit
select b.series, bucket, false, count(*), count(value), sum(number), var_pop(number) * count(value), min(value), max(value), min(at), max(at),
       min(at) filter (where value is not null), (array_agg(value order by at) filter (where value is not null))[1],
       max(at) filter (where value is not null), (array_agg(value order by at) filter (where value is not null))[count(value)],
       min(text) filter (where place = 1), min(text) filter (where next_at is null), coalesce(sum(held), 0), coalesce(sum(number * held), 0),
       coalesce(sum(next_number - number) filter (where next_number > number), 0), count(*) filter (where next_number < number),
       count(*) filter (where next_number <> number or text is distinct from next_text and next_at is not null),
       (array_agg(at order by at) filter (where value is not null))[array_position(array_agg(value order by at) filter (where value is not null), min(value))],
       (array_agg(at order by at) filter (where value is not null))[array_position(array_agg(value order by at) filter (where value is not null), max(value))]
from (
    select *, case when number is not null then date_part('epoch', next_at - at) / 3600 end as held
    from (
        select at, value, text, number, bucket, lead(at) over b as next_at, lead(number) over b as next_number, lead(text) over b as next_text,
               row_number() over b as place
        from (
            select at, value, text, date_bin(%(width)s, at, timestamptz 'epoch') as bucket,
                   case when abs(value) < 1e-100 then 0 when abs(value) < 1e100 then value end as number
            from reading where series = b.series and at >= b.hour and at < b.hour + interval '1 hour' offset 0) n
        window b as (partition by bucket order by at)) p) r
group by bucket) r

-- hours: of quarters; followed by of_rollups
insert into reading_1h
with part as (
    select r.*, b.hour as bucket
    from batch b
    cross join lateral (
        select * from reading_15m where series = b.series and at >= b.hour and at < b.hour + interval '1 hour' offset 0) r
)

-- days: of hours; followed by of_rollups
insert into reading_1d
with part as (
    select r.*, b.day as bucket
    from (select distinct series, date_bin('1 day', hour, timestamptz 'epoch') as day from batch) b
    cross join lateral (
        select * from reading_1h where series = b.series and at >= b.day and at < b.day + interval '1 day' offset 0) r
)

-- of_rollups: buckets summed up into longer ones. Between two of them the last number holds until the next reading, an hour at most
select series, bucket, sum(samples) >= %(dense)s, sum(samples), sum(numbers), sum(sum),
       sum(squares + numbers * (sum / numbers - mean) * (sum / numbers - mean)), min(min), max(max), min(first_at), max(last_at),
       min(first_number_at), (array_agg(first_number order by at) filter (where numbers > 0))[1],
       max(last_number_at), (array_agg(last_number order by at) filter (where numbers > 0))[count(*) filter (where numbers > 0)],
       (array_agg(first_text order by at))[1], (array_agg(last_text order by at))[count(*)],
       sum(hours) + coalesce(sum(gap), 0), sum(integral) + coalesce(sum(number * gap), 0),
       sum(rise) + coalesce(sum(step) filter (where step > 0), 0), sum(falls) + count(*) filter (where step < 0),
       case when bool_and(switches is not null) then
           sum(switches) + count(*) filter (where next_at is not null and
               (last_value is distinct from next_value or last_text is distinct from next_text)) end,
       min(min_at) filter (where min = low), min(max_at) filter (where max = high)
from (
    select p.*, case when abs(last_number) between 1e-100 and 1e100 then last_number else 0 end as number,
           case when numbers > 0 and abs(last_number) < 1e100 and abs(next_number) < 1e100 then next_number - last_number end as step,
           case when last_number_at = last_at and next_at is not null then
               date_part('epoch', least(next_at, last_at + interval '1 hour') - last_at) / 3600
           end as gap
    from (
        select *, sum(sum) over a / nullif(sum(numbers) over a, 0) as mean, min(min) over a as low, max(max) over a as high,
               lead(first_at) over b as next_at, lead(first_text) over b as next_text,
               lead(case when first_number_at = first_at then first_number end) over b as next_value,
               case when last_number_at = last_at then last_number end as last_value,
               lead(first_number) over (partition by series, bucket, numbers > 0 order by at) as next_number
        from part window a as (partition by series, bucket), b as (partition by series, bucket order by at)) p
) r
group by series, bucket

-- mark_unfit: hours with numbers that no sum can hold stay marked
insert into changed_hour (series, hour, state)
select b.series, b.hour, 2 from batch b join reading_1h h on h.series = b.series and h.at = b.hour
where h.max >= 1e100 or h.min <= -1e100
on conflict do nothing
