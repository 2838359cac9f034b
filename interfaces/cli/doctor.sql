-- server: what it is, and whether it has TimescaleDB
select current_setting('server_version') as version, exists(select from pg_extension where extname = 'timescaledb') as timescale

-- prepared: whether the tables are there
select to_regclass('reading') is not null as prepared

-- readings: the newest of all series, and how many series there are
select count(*) as series, max(newest.at) as newest
from series left join lateral (select at from reading where series = series.id order by at desc limit 1) newest on true

-- dead_letters: messages that could not be read or stored, and the newest of the most frequent reason (save for its numbers and names)
select sum(messages)::bigint as total, max(messages) as most, (array_agg(reason order by messages desc))[1] as reason
from (
    select count(*) as messages, (array_agg(reason order by last_at desc))[1] as reason from dead_letter
    group by regexp_replace(reason, '\d[\d.,]*|''[^'']*''|“[^”]*”|"[^"]*"', '#', 'g')
) alike
