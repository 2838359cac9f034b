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
on conflict do nothing

-- newest: until when there are readings, in epoch milliseconds
select round(date_part('epoch', max(newest.at)) * 1000)::bigint as newest
from series cross join lateral (select at from reading where series = series.id order by at desc limit 1) newest

-- marked: hours that are to be summed up
select count(*) as hours from changed_hour where state < 2

-- size: of the history on disk
select round(pg_database_size(current_database()) / 1e9, 2)::float8 as gigabytes
