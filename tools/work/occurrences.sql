-- counted: orders and events by what is asked, and by their group and kind
select
    case %(by)s
        when 'code' then coalesce(code, '–') when 'kind' then coalesce(kind, event_group) when 'asset' then asset
        when 'group' then event_group when 'priority' then coalesce(priority, '–') when 'status' then coalesce(status, '–')
        when 'day' then to_char(at at time zone %(zone)s, 'YYYY-MM-DD')
        when 'week' then to_char(date_trunc('week', at at time zone %(zone)s), 'YYYY-MM-DD')
        when 'month' then to_char(at at time zone %(zone)s, 'YYYY-MM')
        else to_char(at at time zone %(zone)s, 'YYYY') end as key,
    event_group, kind, count(*) as times
from occurrence
where at >= %(start)s and at < %(end)s
  and (%(assets)s::text[] is null or asset = any(%(assets)s))
  and (%(groups)s::text[] is null or event_group = any(%(groups)s))
  and (%(kind)s::text is null or kind = %(kind)s)
  and (%(code)s::text is null or upper(code) = upper(%(code)s))
group by 1, 2, 3
order by 1, 2, 3

-- groups: which groups of events there are
select distinct event_group from plant_event order by 1

-- names: what codes are called
select code, name from code_name

-- listed: orders or events in their order
select asset, event_group, number, at, code, kind from occurrence
where at >= %(start)s and at < %(end)s
  and (%(assets)s::text[] is null or asset = any(%(assets)s))
  and event_group = %(group)s
  and (%(kind)s::text is null or kind = %(kind)s)
  and (%(code)s::text is null or upper(code) = upper(%(code)s))
order by asset, at, number

-- followed: each of the first with the first order of the same asset after it, within the days
select f.asset, f.at, coalesce(f.code, '–') as code, o.at as then_at, coalesce(o.code, '–') as then_code
from occurrence f
left join lateral (
    select n.at, n.code from occurrence n
    where n.event_group = 'order' and n.asset = f.asset and n.at < %(now)s
      and (n.at > f.at or (n.at = f.at and n.number > f.number)) and n.at <= f.at + make_interval(days => %(days)s)
      and (%(kind)s::text is null or n.kind = %(kind)s)
      and (%(then_code)s::text is null or upper(n.code) = upper(%(then_code)s))
    order by n.at, n.number limit 1
) o on true
where f.event_group = %(group)s and f.at >= %(start)s and f.at < %(end)s
  and (%(assets)s::text[] is null or f.asset = any(%(assets)s))
  and (%(code)s::text is null or upper(f.code) = upper(%(code)s))
order by f.asset, f.at, f.code
