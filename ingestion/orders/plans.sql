-- put: plans, in place of those by the same id
insert into maintenance_plan (id, task, assets, class, every_days, every_hours, quantity, above, below, kind, priority, assignee, planned_h,
    checklist, parts, last_done_at, since)
select id, task, assets, class, every_days, every_hours, quantity, above, below, kind, priority, assignee, planned_h, checklist, parts,
    last_done_at, coalesce(since, now())
from jsonb_populate_recordset(null::maintenance_plan, %(plans)s::jsonb)
on conflict (id) do update set
    task = excluded.task, assets = excluded.assets, class = excluded.class, every_days = excluded.every_days, every_hours = excluded.every_hours,
    quantity = excluded.quantity, above = excluded.above, below = excluded.below, kind = excluded.kind, priority = excluded.priority,
    assignee = excluded.assignee, planned_h = excluded.planned_h, checklist = excluded.checklist, parts = excluded.parts,
    last_done_at = coalesce(excluded.last_done_at, maintenance_plan.last_done_at), since = least(maintenance_plan.since, excluded.since)

-- put_parts: parts, in place of those by the same number
insert into spare_part (number, name, unit, stock, minimum, lead_days, supplier, fits)
select number, name, unit, stock, minimum, lead_days, supplier, fits from jsonb_populate_recordset(null::spare_part, %(parts)s::jsonb)
on conflict (number) do update set
    name = excluded.name, unit = excluded.unit, stock = excluded.stock, minimum = excluded.minimum, lead_days = excluded.lead_days,
    supplier = excluded.supplier, fits = excluded.fits, changed_at = now()

-- remove: a plan; orders that were made of it stay
delete from maintenance_plan where id = %(id)s returning id

-- plans: all
select * from maintenance_plan order by id

-- parts: all
select number, name, unit, stock, minimum, lead_days, supplier, fits from spare_part order by number

-- last_done: the newest order of each plan and asset that is done
select source_ref as plan, asset, max(closed_at) as at from work_order
where source = 'plan' and source_ref is not null and status = 'done' group by source_ref, asset

-- waiting: the order of each plan and asset that is not over
select source_ref as plan, asset, min(number) as number from work_order
where source = 'plan' and source_ref is not null and closed_at is null group by source_ref, asset
