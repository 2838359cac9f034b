create table work_order (
    number text primary key,
    asset text not null,
    opened_at timestamptz,
    failed_at timestamptz,
    closed_at timestamptz,
    planned boolean not null,
    code text,
    text text,
    changed_at timestamptz not null default now()
);
create index work_order_asset on work_order (asset);
comment on table work_order is 'Work orders as the maintenance system last told them; those without closed_at are open.';
comment on column work_order.asset is 'The id of the thing in the graph.';
