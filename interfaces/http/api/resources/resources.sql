-- readings: of one source in a window, the oldest first
select r.at, r.value, r.text
from reading r join series s on s.id = r.series
where s.source = %(source)s and r.at >= %(start)s and r.at < %(end)s and (%(after)s::timestamptz is null or r.at > %(after)s)
order by r.at limit %(limit)s

-- alarms: open, cleared or all, of a point or an asset or all, the newest first
select * from alarm
where (%(open)s::boolean is null or (cleared_at is null) = %(open)s)
  and (%(ids)s::text[] is null or point = any(%(ids)s) or assets && %(ids)s)
  and (%(since)s::timestamptz is null or cleared_at is null or cleared_at >= %(since)s)
  and (%(at)s::timestamptz is null or (raised_at, id) < (%(at)s, %(id)s::bigint))
order by raised_at desc, id desc limit %(limit)s

-- alarm: one
select * from alarm where id = %(id)s

-- work_orders: open, closed or all, of some assets or all, the newest first
select *, coalesce(closed_at, failed_at, opened_at, 'epoch') as sorted_at
from work_order
where (%(open)s::boolean is null or (closed_at is null) = %(open)s)
  and (%(assets)s::text[] is null or asset = any(%(assets)s))
  and (%(at)s::timestamptz is null or (coalesce(closed_at, failed_at, opened_at, 'epoch'), number) < (%(at)s, %(number)s))
order by coalesce(closed_at, failed_at, opened_at, 'epoch') desc, number desc limit %(limit)s
