create table plant_event (
    asset text not null,
    event_group text not null check (length(event_group) between 1 and 40),
    code text not null check (length(code) between 1 and 200),
    at timestamptz not null,
    ended_at timestamptz,
    text text,
    primary key (asset, event_group, code, at),
    constraint ends_after_its_start check (ended_at >= at)
);
create index plant_event_at on plant_event (at);
comment on table plant_event is 'Events of other systems: alerts, anomalies, trips. The same event from two files is one row.';
comment on column plant_event.asset is 'The id of the asset in the graph.';
comment on column plant_event.event_group is 'What sort of event it is, in small letters: alert, anomaly.';
comment on column plant_event.code is 'The rule, the type or the signal that it came of.';

create table code_name (
    code text primary key check (length(code) between 1 and 200),
    name text not null,
    category text
);
comment on table code_name is 'What the codes of work orders and events are called.';

create table stated_failure_mode (
    class text not null,
    mode text not null,
    mechanism text not null default '',
    cause text not null default '',
    place integer not null,
    primary key (class, mode, mechanism, cause)
);
comment on table stated_failure_mode is 'Failure modes that the site knows of a class, beside those of the library. place is the order of its file.';

create view occurrence as
    select asset, 'order' as event_group, number, coalesce(opened_at, failed_at, closed_at) as at, code, kind, priority, status
    from work_order where status <> 'cancelled'
    union all
    select asset, event_group, null, at, code, null, null, null from plant_event;
comment on view occurrence is 'Work orders and events at the moment they count for: an order when it was opened, else when it failed, else when it was closed.';
