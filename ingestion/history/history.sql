-- add: rows that are new
copy reading (series, at, value, text) from stdin (format binary)

-- mark: hours that changed, for the rollups. Comes after the COPY: the worker waits for transactions that may have seen a mark
insert into changed_hour (series, hour)
select series, timestamptz 'epoch' + hour * interval '1 millisecond'
from unnest(%(series)s::integer[], %(hours)s::bigint[]) as touched (series, hour)
on conflict do nothing

-- create_staging: a connection's own place to COPY to; emptied by each commit
create temporary table if not exists staging (series integer, at timestamptz, value double precision, text text)
on commit delete rows

-- copy: fill the staging table
copy staging (series, at, value, text) from stdin (format binary)

-- merge: rows come sorted by key, so that two writers lock in the same order; a corrected value replaces the old one; the hours
-- that changed are marked for the rollups. The mark comes after the COPY: the worker waits for transactions that may have seen one.
with changed as (
    insert into reading as r (series, at, value, text)
    select series, at, value, text from staging
    on conflict (series, at) do update set value = excluded.value, text = excluded.text
    where (r.value, r.text) is distinct from (excluded.value, excluded.text)
    returning series, at
), marked as (
    insert into changed_hour (series, hour)
    select distinct series, date_bin('1 hour', at, timestamptz 'epoch') from changed order by 1, 2
    on conflict do nothing
)
select count(*) from changed

-- known_series: ids of sources
select source, id from series where source = any(%(sources)s)

-- add_series: sorted, so that two writers lock in the same order
insert into series (source) select s from unnest(%(sources)s::text[]) s order by s on conflict do nothing

-- all_series: every address that history has ever seen
select source, created_at from series order by source

-- last_seen: the newest reading of each source, by the primary key's order; one after the latest only where it is the only kind
select s.source, r.at, r.value, r.text
from series s
cross join lateral (
    (select at, value, text, 1 as choice from reading
     where series = s.id and at <= coalesce(%(latest)s::timestamptz, 'infinity') order by at desc limit 1)
    union all
    (select at, value, text, 2 from reading where series = s.id and %(latest)s::timestamptz is not null order by at desc limit 1)
    order by choice limit 1
) r
where s.source = any(%(sources)s)

-- near: readings of a window beyond a low or a high (each source's own), with the one before and the one after each, in order
with wanted as (
    select s.id as series, w.place, w.low, w.high
    from unnest(%(sources)s::text[], %(lows)s::double precision[], %(highs)s::double precision[]) with ordinality as w (source, low, high, place)
    join series s on s.source = w.source
), touched as (
    select * from wanted w
    where exists (
        select from reading r
        where r.series = w.series and r.at between %(since)s and %(until)s and (r.value > w.high or r.value < w.low))
), told as (
    select w.place, r.at, r.value, coalesce(r.value > w.high or r.value < w.low, false) as beyond
    from touched w join reading r on r.series = w.series and r.at between %(since)s and %(until)s
), beside as (
    select *, lag(beyond) over one as after_one, lead(beyond) over one as before_one from told window one as (partition by place order by at)
)
select place, at, value from beside where beyond or after_one or before_one order by place, at
