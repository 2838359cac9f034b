-- One record for what people open here, what forecasts and alarms ask for, and what maintenance systems tell.
alter table work_order
    add column kind text not null default 'corrective'
        check (kind in ('corrective', 'preventive', 'predictive', 'inspection', 'improvement', 'other')),
    add column priority text not null default 'medium' check (priority in ('low', 'medium', 'high', 'urgent')),
    add column status text not null default 'open' check (status in ('open', 'in_progress', 'on_hold', 'done', 'cancelled')),
    add column due_at timestamptz,
    add column planned_at timestamptz,
    add column planned_h double precision check (planned_h >= 0),
    add column started_at timestamptz,
    add column description text,
    add column cause text,
    add column remark text,
    add column assignee text,
    add column opened_by text,
    add column source text not null default 'import'
        check (source in ('person', 'forecast', 'alarm', 'plan', 'cmms', 'import')),
    add column source_ref text,
    add column labour jsonb not null default '[]',
    add column parts jsonb not null default '[]',
    add column checklist jsonb not null default '[]',
    add column vendor text,
    add column vendor_number text,
    add column vendor_status text;
update work_order set
    kind = case when planned then 'preventive' else 'corrective' end,
    status = case when closed_at is null then 'open' else 'done' end;
alter table work_order
    drop column planned,
    add constraint closed_when_over check ((status in ('done', 'cancelled')) = (closed_at is not null));
create index work_order_open on work_order (due_at) where closed_at is null;
create index work_order_closed on work_order (closed_at desc) where closed_at is not null;
create index work_order_source on work_order (source, source_ref) where source_ref is not null;
create unique index work_order_vendor on work_order (vendor, vendor_number) where vendor_number is not null;
create sequence work_order_number;
comment on table work_order is 'Work orders, whoever opened them; those without closed_at are not over. Written by ingestion.orders.';
comment on column work_order.number is 'The number of the system that gave it; our own are WO- and a number.';
comment on column work_order.asset is 'The id of the asset in the graph.';
comment on column work_order.code is 'What had failed: a failure mode of ISO 14224, or the site''s own code.';
comment on column work_order.source_ref is 'What it came of: an id of an asset whose forecast it was, of an alarm, of a plan, of a system.';
comment on column work_order.vendor_status is 'The maintenance system''s own word, beside ours.';

create table work_order_event (
    id bigint generated always as identity primary key,
    number text not null references work_order (number),
    at timestamptz not null,
    who text not null,
    what text not null,
    old text,
    new text
);
create index work_order_event_number on work_order_event (number, id);
comment on table work_order_event is 'Who changed what of a work order and when. Written with the change, never updated.';

create function work_order_event_stays() returns trigger language plpgsql as $$
begin
    raise exception 'what happened to a work order cannot be changed';
end $$;
create trigger stays before update or delete on work_order_event for each row execute function work_order_event_stays();
