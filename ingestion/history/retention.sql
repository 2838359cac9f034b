-- series: what has ever reported
select id, source from series order by id

-- expired: of these series, each with its own end, how much is to go: readings as far as they are summed up, late ones, and the oldest
with given as (select * from unnest(%(series)s::int[], %(cutoffs)s::timestamptz[]) g (series, cutoff))
select g.series, oldest.at as oldest,
       coalesce((select sum(samples) from reading_1d d where d.series = g.series and d.at < g.cutoff
                 and d.at >= greatest(date_bin('1 day', oldest.at, timestamptz 'epoch'), s.raw_from)), 0)::bigint
       + (select count(*) from reading r where r.series = g.series and r.at < s.raw_from) as readings
from given g
join series s on s.id = g.series
cross join lateral (select at from reading where series = g.series order by at limit 1) oldest
where oldest.at < g.cutoff

-- expired_rollups: the same of what they were summed up to
with given as (select * from unnest(%(series)s::int[], %(cutoffs)s::timestamptz[]) g (series, cutoff))
select g.series, oldest.at as oldest
from given g
cross join lateral (
    select min(at) as at from (
        (select at from reading_1m where series = g.series order by at limit 1) union all
        (select at from reading_15m where series = g.series order by at limit 1) union all
        (select at from reading_1h where series = g.series order by at limit 1) union all
        (select at from reading_1d where series = g.series order by at limit 1)) s) oldest
where oldest.at < g.cutoff

-- unsummed: hours before the cutoffs that the rollups do not know yet
select count(*) as hours
from unnest(%(series)s::int[], %(cutoffs)s::timestamptz[]) g (series, cutoff)
join changed_hour c on c.series = g.series and c.hour < g.cutoff and c.state < 2

-- finish: from now on these series are what they were summed up to
update series s set raw_from = g.cutoff
from unnest(%(series)s::int[], %(cutoffs)s::timestamptz[]) g (series, cutoff)
where s.id = g.series and (s.raw_from is null or s.raw_from < g.cutoff)

-- patience: a part that is in use is left for the next time
set lock_timeout = '3s'

-- reset_patience: as before
reset lock_timeout

-- whole_parts: that end before this moment
select part::text as part from parts_of(%(rollup)s::regclass) where until <= %(before)s

-- drop_part: with all that is in it
select drop_part(%(rollup)s::regclass, %(part)s::regclass)
