-- newest: until when there are readings, in epoch milliseconds
select round(date_part('epoch', max(newest.at)) * 1000)::bigint as newest
from series cross join lateral (select at from reading where series = series.id order by at desc limit 1) newest

-- marked: hours that are to be summed up
select count(*) as hours from changed_hour where state < 2

-- size: of the history on disk
select round(pg_database_size(current_database()) / 1e9, 2)::float8 as gigabytes
