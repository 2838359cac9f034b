-- segments: what was read, in the longest pieces that are summed up and lie in one of the parts asked for: ``segment`` has the columns
-- of a rollup and the source; a single reading is a segment too. Hours whose readings changed since are taken reading by reading.
-- Each lookup is a lateral one (offset 0), so that it is made by index whatever the planner believes of the sizes
with wanted as materialized (select id as series, source from series where source = any(%(sources)s)),
part as (
  select * from unnest(%(widths)s::text[], %(sinces)s::timestamptz[], %(untils)s::timestamptz[]) p (width, since, until)),
marked as materialized (
  select distinct c.series, c.hour, date_bin('1 day', c.hour, timestamptz 'epoch') as day
  from wanted w
  cross join lateral (
    select series, hour from changed_hour
    where series = w.series and hour > %(first)s::timestamptz - interval '1 hour' and hour < %(last)s::timestamptz offset 0) c),
piece as (
  select w.series, p.width, p.since, p.until from wanted w cross join part p where p.width <> '1m'
  union all
  select m.series, '1h', m.day, m.day + interval '1 day'
  from (select distinct series, day from marked) m join part p on p.width = '1d' and m.day >= p.since and m.day < p.until
  union all
  select m.series, 'raw', greatest(m.hour, p.since), least(m.hour + interval '1 hour', p.until)
  from marked m join part p on p.width <> 'raw' and p.since < m.hour + interval '1 hour' and p.until > m.hour
  union all
  select w.series, case when h.dense then '1m' else 'raw' end, greatest(o.hour, p.since), least(o.hour + interval '1 hour', p.until)
  from part p
  cross join wanted w
  cross join lateral generate_series(
    date_bin('1 hour', p.since, timestamptz 'epoch'), p.until - interval '1 microsecond', interval '1 hour') o (hour)
  left join lateral (select dense from reading_1h where series = w.series and at = o.hour offset 0) h on true
  where p.width = '1m' and not exists (select from marked m where m.series = w.series and m.hour = o.hour)),
summed as (
  select r.* from piece p cross join lateral (
    select * from reading_1d where series = p.series and at >= p.since and at < p.until offset 0) r
  where p.width = '1d' and not exists (select from marked m where m.series = r.series and m.day = r.at)
  union all
  select r.* from piece p cross join lateral (
    select * from reading_1h where series = p.series and at >= p.since and at < p.until offset 0) r
  where p.width = '1h' and not exists (select from marked m where m.series = r.series and m.hour = r.at)
  union all
  select r.* from piece p cross join lateral (
    select * from reading_15m where series = p.series and at >= p.since and at < p.until
      and at >= %(first)s and at < %(last)s offset 0) r
  where p.width = '15m'
    and not exists (select from marked m where m.series = r.series and m.hour = date_bin('1 hour', r.at, timestamptz 'epoch'))
  union all
  select r.* from piece p cross join lateral (
    select * from reading_1m where series = p.series and at >= p.since and at < p.until
      and at >= %(first)s and at < %(last)s offset 0) r
  where p.width = '1m'
  union all
  select r.series, r.at, false, 1, (r.value is not null)::int, r.value, 0, r.value, r.value, r.at, r.at,
         case when r.value is not null then r.at end, r.value, case when r.value is not null then r.at end, r.value, r.text, r.text, 0, 0,
         0, 0, 0, case when r.value is not null then r.at end, case when r.value is not null then r.at end
  from piece p cross join lateral (
    select * from reading where series = p.series and at >= p.since and at < p.until
      and at >= %(first)s and at < %(last)s offset 0) r
  where p.width = 'raw'),
segment as (select w.source, s.* from summed s join wanted w on w.series = s.series)
