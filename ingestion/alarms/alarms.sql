-- raise: of a point that has none open; another process may have been quicker
insert into alarm (point, source, assets, level, worst_level, raised_at, since, value, side, limit_value, worst, worst_at)
select point, source, array(select jsonb_array_elements_text(assets)), level, level, timestamptz 'epoch' + at * interval '1 millisecond',
       timestamptz 'epoch' + since * interval '1 millisecond', value, side, limit_value, worst,
       timestamptz 'epoch' + worst_at * interval '1 millisecond'
from jsonb_to_recordset(%(rows)s) as r (point text, source text, assets jsonb, level text, at bigint, since bigint, value double precision,
                                        side text, limit_value double precision, worst double precision, worst_at bigint)
on conflict (point) where cleared_at is null do nothing
returning *

-- keep_past: alarms of a point that were over before it was first judged; another process may have been quicker
insert into alarm (point, source, assets, level, worst_level, raised_at, since, value, side, limit_value, worst, worst_at,
                   cleared_at, cleared_value, acknowledged_at)
select %(point)s, %(source)s, %(assets)s, level, worst_level, timestamptz 'epoch' + raised_at * interval '1 millisecond',
       timestamptz 'epoch' + since * interval '1 millisecond', value, side, limit_value, worst,
       timestamptz 'epoch' + worst_at * interval '1 millisecond', timestamptz 'epoch' + cleared_at * interval '1 millisecond', cleared_value,
       timestamptz 'epoch' + cleared_at * interval '1 millisecond'
from jsonb_to_recordset(%(rows)s) as r (level text, worst_level text, raised_at bigint, since bigint, value double precision, side text,
                                        limit_value double precision, worst double precision, worst_at bigint, cleared_at bigint,
                                        cleared_value double precision)
where not exists (select from alarm where point = %(point)s)

-- change: the level of open ones
update alarm a
set level = r.level, worst_level = case when 'alarm' in (a.worst_level, r.level) then 'alarm' else r.level end,
    since = timestamptz 'epoch' + r.since * interval '1 millisecond',
    worst = coalesce(r.worst, a.worst), worst_at = coalesce(timestamptz 'epoch' + r.worst_at * interval '1 millisecond', a.worst_at)
from jsonb_to_recordset(%(rows)s) as r (point text, level text, since bigint, worst double precision, worst_at bigint)
where a.point = r.point and a.cleared_at is null and a.level <> r.level
returning a.*

-- clear: open ones
update alarm a
set cleared_at = greatest(a.raised_at, timestamptz 'epoch' + r.at * interval '1 millisecond'), cleared_value = r.value, reason = r.reason,
    worst = coalesce(r.worst, a.worst), worst_at = coalesce(timestamptz 'epoch' + r.worst_at * interval '1 millisecond', a.worst_at)
from jsonb_to_recordset(%(rows)s) as r (point text, at bigint, value double precision, reason text, worst double precision, worst_at bigint)
where a.point = r.point and a.cleared_at is null
returning a.*

-- worsen: the furthest value of open ones
update alarm a set worst = r.worst, worst_at = timestamptz 'epoch' + r.worst_at * interval '1 millisecond'
from jsonb_to_recordset(%(rows)s) as r (point text, worst double precision, worst_at bigint)
where a.point = r.point and a.cleared_at is null

-- open: the newest first
select * from alarm where cleared_at is null order by raised_at desc, id desc

-- last: the newest of each of these points
select distinct on (point) * from alarm where point = any(%(points)s) order by point, raised_at desc, id desc

-- overlapping: those that were open in a window, the newest first; of these points or assets or of all
select * from alarm
where raised_at < %(end)s and (cleared_at is null or cleared_at >= %(start)s)
  and (%(ids)s::text[] is null or point = any(%(ids)s) or assets && %(ids)s)
order by raised_at desc, id desc limit %(limit)s

-- holds: those that nothing has ended, of these points or of all
select a.id, a.point, a.until, a.at, a.who, a.why,
       case a.act when 'shelved' then 'shelved' when 'suppressed' then 'suppressed by design' else 'out of service' end as hold
from alarm_act a
where a.act in ('shelved', 'suppressed', 'out_of_service') and (%(points)s::text[] is null or a.point = any(%(points)s))
  and not exists (select from alarm_act e where e.ends = a.id)
order by a.id

-- unsettled: the newest alarm of each point that is open or not acknowledged, of these points or of all
select distinct on (point) * from alarm
where (cleared_at is null or acknowledged_at is null) and (%(points)s::text[] is null or point = any(%(points)s))
order by point, raised_at desc, id desc
