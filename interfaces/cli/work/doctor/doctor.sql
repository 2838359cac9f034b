-- server: what it is, and whether it has TimescaleDB
select current_setting('server_version') as version, exists(select from pg_extension where extname = 'timescaledb') as timescale

-- prepared: whether the tables are there
select to_regclass('reading') is not null as prepared

-- readings: the newest that is not of the future, how many series and devices there are, and which of them a clock filled that nobody had set
with newest as (
    select series.id, source, at
    from series left join lateral (select at from reading where series = series.id order by at desc limit 1) newest on true
), ahead as (
    select id, source, at from newest where at > now() + interval '5 minutes'
)
select
    (select count(*) from series) as series,
    (select count(distinct split_part(source, '/', 1)) from series) as devices,
    greatest(
        (select max(at) from newest where at <= now() + interval '5 minutes'),
        (select max(r.at) from ahead cross join lateral (
            select at from reading where series = ahead.id and at <= now() + interval '5 minutes' order by at desc limit 1) r)) as newest,
    (select count(*) from ahead) as ahead,
    (select source from ahead order by at desc, source limit 1) as ahead_source,
    (select max(at) from ahead) as ahead_at,
    (select count(*) from newest where at < '2000-01-01') as unset,
    (select min(source) from newest where at < '2000-01-01') as unset_source

-- topics_prepared: whether it is counted what arrives
select to_regclass('topic_use') is not null as prepared

-- dead_letters: messages that could not be read or stored, and the newest of the most frequent reason (save for its numbers and names)
select sum(messages)::bigint as total, max(messages) as most, (array_agg(reason order by messages desc))[1] as reason
from (
    select count(*) as messages, (array_agg(reason order by last_at desc))[1] as reason from dead_letter
    group by regexp_replace(reason, '\d[\d.,]*|''[^'']*''|“[^”]*”|"[^"]*"', '#', 'g')
) alike

-- dropped_prepared: whether what was given up is counted
select to_regclass('dropped') is not null as prepared

-- dropped: what was given up because there was too much of it
select what, times, since, last_at from dropped order by what

-- jobs_prepared: whether the tables of the jobs are there
select to_regclass('jobs.schedule') is not null as prepared

-- jobs: when the last night ended and the oldest that there is was queued, and which jobs failed the last time
with ended as (
    select j.task_name as name, j.status, max(e.at) as at
    from jobs.procrastinate_jobs j join jobs.procrastinate_events e on e.job_id = j.id
    where j.status in ('succeeded', 'failed')
    group by j.id
)
select
    (select max(at) from ended where name = 'night' and status = 'succeeded') as night,
    (select min(at) from jobs.procrastinate_events) as since,
    coalesce((
        select array_agg(name order by name) from (select distinct on (name) name, status from ended order by name, at desc) newest
        where status = 'failed'
    ), '{}') as failed

-- people_prepared: whether the tables of people are there
select to_regclass('person') is not null as prepared

-- people: how many users there are, and how many keys hold
select
    (select count(*) from person) as users,
    (select count(*) from api_key where revoked_at is null and (expires_at is null or expires_at > now())) as keys
