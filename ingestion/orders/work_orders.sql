-- put: new ones, and those that say something else than before; of what a file does not tell, what is known stays
with told as (
    select * from jsonb_populate_recordset(null::work_order, %(orders)s::jsonb)
), known as (
    select w.number, w.status from work_order w join told using (number)
), stored as (
    insert into work_order as w
    select told.* from told order by number
    on conflict (number) do update set
        asset = excluded.asset, opened_at = excluded.opened_at, failed_at = excluded.failed_at, closed_at = excluded.closed_at,
        kind = excluded.kind, code = excluded.code, text = excluded.text, changed_at = excluded.changed_at,
        status = case when excluded.status = 'open' and w.closed_at is null and not 'status' = any(%(told)s) then w.status else excluded.status end,
        priority = case when 'priority' = any(%(told)s) then excluded.priority else w.priority end,
        assignee = case when 'assignee' = any(%(told)s) then excluded.assignee else w.assignee end,
        due_at = case when 'due_at' = any(%(told)s) then excluded.due_at else w.due_at end,
        started_at = case when 'started_at' = any(%(told)s) then excluded.started_at else w.started_at end,
        description = case when 'description' = any(%(told)s) then excluded.description else w.description end,
        cause = case when 'cause' = any(%(told)s) then excluded.cause else w.cause end,
        remark = case when 'remark' = any(%(told)s) then excluded.remark else w.remark end
    where (w.asset, w.opened_at, w.failed_at, w.closed_at, w.kind, w.code, w.text)
        is distinct from (excluded.asset, excluded.opened_at, excluded.failed_at, excluded.closed_at, excluded.kind, excluded.code, excluded.text)
        or ('status' = any(%(told)s) and w.status <> excluded.status)
        or ('priority' = any(%(told)s) and w.priority <> excluded.priority)
        or ('assignee' = any(%(told)s) and w.assignee is distinct from excluded.assignee)
        or ('due_at' = any(%(told)s) and w.due_at is distinct from excluded.due_at)
        or ('started_at' = any(%(told)s) and w.started_at is distinct from excluded.started_at)
        or ('description' = any(%(told)s) and w.description is distinct from excluded.description)
        or ('cause' = any(%(told)s) and w.cause is distinct from excluded.cause)
        or ('remark' = any(%(told)s) and w.remark is distinct from excluded.remark)
    returning number, status
)
select number, stored.status, known.status as before from stored left join known using (number)

-- next: the number of the next order of ours
select 'WO-' || nextval('work_order_number') as number

-- add: a new order; no row where its number is taken
insert into work_order select * from jsonb_populate_record(null::work_order, %(order)s::jsonb)
on conflict (number) do nothing
returning *

-- lock: one order, which nobody else changes meanwhile
select * from work_order where number = %(number)s for update

-- change: these fields of it
update work_order as w set (
    asset, kind, opened_at, failed_at, closed_at, code, text, priority, status, due_at, planned_at, planned_h, started_at, description,
    cause, remark, assignee, source, source_ref, labour, parts, checklist, vendor, vendor_number, vendor_status, changed_at
) = (
    select r.asset, r.kind, r.opened_at, r.failed_at, r.closed_at, r.code, r.text, r.priority, r.status, r.due_at, r.planned_at, r.planned_h,
        r.started_at, r.description, r.cause, r.remark, r.assignee, r.source, r.source_ref, r.labour, r.parts, r.checklist, r.vendor,
        r.vendor_number, r.vendor_status, r.changed_at
    from jsonb_populate_record(w, %(changes)s::jsonb) as r
)
where number = %(number)s
returning *

-- happened: what became of orders, in the given order
insert into work_order_event (number, at, who, what, old, new)
select number, at, who, what, old, new
from rows from (jsonb_to_recordset(%(events)s::jsonb) as (number text, at timestamptz, who text, what text, old text, new text))
    with ordinality as e (number, at, who, what, old, new, place)
order by place

-- events: what became of one order, the oldest first
select at, who, what, old, new from work_order_event where number = %(number)s order by id

-- of_number: one order
select * from work_order where number = %(number)s

-- of_vendor: the order that a maintenance system knows by this number
select * from work_order where vendor = %(vendor)s and vendor_number = %(vendor_number)s

-- all: of some assets or of all, the newest first
select * from work_order
where %(assets)s::text[] is null or asset = any(%(assets)s)
order by coalesce(closed_at, failed_at, opened_at) desc, number
limit %(limit)s

-- between: those that were opened or closed in a window, of some assets or of all, the newest first
select * from work_order
where (%(assets)s::text[] is null or asset = any(%(assets)s))
  and ((opened_at >= %(start)s and opened_at < %(end)s) or (closed_at >= %(start)s and closed_at < %(end)s))
order by greatest(opened_at, closed_at) desc, number
limit %(limit)s

-- found: those that match all that is given, with how many there are. What waits comes first by priority and due date, then what is over, the newest first
select *, count(*) over () as total from work_order
where (%(assets)s::text[] is null or asset = any(%(assets)s))
  and (%(statuses)s::text[] is null or status = any(%(statuses)s))
  and (%(kinds)s::text[] is null or kind = any(%(kinds)s))
  and (%(assignee)s::text is null or lower(assignee) = lower(%(assignee)s))
  and (%(unassigned)s::boolean is not true or assignee is null)
  and (%(source)s::text is null or source = %(source)s)
  and (%(source_ref)s::text is null or source_ref = %(source_ref)s)
  and (%(due_before)s::timestamptz is null or (closed_at is null and due_at < %(due_before)s))
  and (%(opened_from)s::timestamptz is null or opened_at >= %(opened_from)s)
  and (%(opened_until)s::timestamptz is null or opened_at < %(opened_until)s)
  and (%(closed_from)s::timestamptz is null or closed_at >= %(closed_from)s)
  and (%(closed_until)s::timestamptz is null or closed_at < %(closed_until)s)
order by closed_at is not null, closed_at desc,
    case priority when 'urgent' then 0 when 'high' then 1 when 'medium' then 2 else 3 end, due_at nulls last, opened_at, number
limit %(limit)s

-- changed: the newest state of every order, for who keeps a copy
select number, changed_at from work_order

-- some: these orders
select * from work_order where number = any(%(numbers)s)
