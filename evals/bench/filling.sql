-- add_series: the addresses of a plant
insert into series (source) select unnest(%(sources)s::text[]) on conflict do nothing

-- ids: in the order of the addresses
select id from series where source = any(%(sources)s) order by source collate "C"

-- copy: readings
copy reading (series, at, value, text) from stdin (format binary)

-- mark: all hours of the readings of a block
insert into changed_hour (series, hour)
select id, hour from series, generate_series(
  date_bin('1 hour', timestamptz 'epoch' + %(first)s * interval '1 millisecond', timestamptz 'epoch'),
  timestamptz 'epoch' + %(last)s * interval '1 millisecond', interval '1 hour') hour
where source = any(%(sources)s)
on conflict do nothing

-- unmark: hours that are summed up all at once
delete from changed_hour where series = any(%(ids)s)

-- make_parts: of the rollups that are in parts
select make_part('reading_15m', month)
from generate_series(
  date_trunc('month', (select min(at) from reading), 'UTC'), (select max(at) from reading), interval '1 month') month

-- quarters: of readings of which no two lie in one
insert into reading_15m (series, at, samples, numbers, sum, squares, min, max, first_at, last_at,
                         first_number_at, first_number, last_number_at, last_number, hours, integral, switches, min_at, max_at)
select series, date_bin('15 minutes', at, timestamptz 'epoch'), 1, 1, value, 0, value, value, at, at, at, value, at, value, 0, 0, 0, at, at
from reading where series = any(%(ids)s)

-- hours: of readings each of which holds until the next
insert into reading_1h (series, at, samples, numbers, sum, squares, min, max, first_at, last_at,
                        first_number_at, first_number, last_number_at, last_number, hours, integral,
                        rise, falls, switches, min_at, max_at)
select series, bucket, count(*), count(*), sum(value), var_pop(value) * count(*), min(value), max(value), min(at), max(at),
       min(at), (array_agg(value order by at))[1], max(at), (array_agg(value order by at desc))[1],
       coalesce(sum(held), 0), coalesce(sum(value * held), 0),
       coalesce(sum(next - value) filter (where next > value), 0), count(*) filter (where next < value), count(*) filter (where next <> value),
       (array_agg(at order by value, at))[1], (array_agg(at order by value desc, at))[1]
from (
    select r.*, b.bucket, date_part('epoch', lead(at) over (partition by series, b.bucket order by at) - at) / 3600 as held,
           lead(value) over (partition by series, b.bucket order by at) as next
    from reading r cross join lateral (select date_bin('1 hour', r.at, timestamptz 'epoch') as bucket) b
    where series = any(%(ids)s)
) part
group by series, bucket
