-- put: new ones, and those that say something else than before
insert into work_order as w (number, asset, opened_at, failed_at, closed_at, planned, code, text)
select number, asset, opened_at, failed_at, closed_at, planned, code, text
from jsonb_to_recordset(%(orders)s::jsonb) as n (
    number text, asset text, opened_at timestamptz, failed_at timestamptz, closed_at timestamptz,
    planned boolean, code text, text text)
order by number
on conflict (number) do update set
    asset = excluded.asset, opened_at = excluded.opened_at, failed_at = excluded.failed_at, closed_at = excluded.closed_at,
    planned = excluded.planned, code = excluded.code, text = excluded.text, changed_at = now()
where (w.asset, w.opened_at, w.failed_at, w.closed_at, w.planned, w.code, w.text)
    is distinct from (excluded.asset, excluded.opened_at, excluded.failed_at, excluded.closed_at, excluded.planned, excluded.code, excluded.text)
returning xmax = 0 as new

-- all: of some assets or of all, the newest first
select number, asset, opened_at, failed_at, closed_at, planned, code, text
from work_order
where %(assets)s::text[] is null or asset = any(%(assets)s)
order by coalesce(closed_at, failed_at, opened_at) desc, number
limit %(limit)s

-- between: those that were opened or closed in a window, of some assets or of all, the newest first
select number, asset, opened_at, failed_at, closed_at, planned, code, text
from work_order
where (%(assets)s::text[] is null or asset = any(%(assets)s))
  and ((opened_at >= %(start)s and opened_at < %(end)s) or (closed_at >= %(start)s and closed_at < %(end)s))
order by greatest(opened_at, closed_at) desc, number
limit %(limit)s
