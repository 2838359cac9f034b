create table maintenance_plan (
    id text primary key check (length(id) between 1 and 100),
    task text not null,
    assets text[] not null default '{}',
    class text,
    every_days double precision check (every_days > 0),
    every_hours double precision check (every_hours > 0),
    quantity text,
    above double precision,
    below double precision,
    kind text not null default 'preventive',
    priority text not null default 'medium',
    assignee text,
    planned_h double precision,
    checklist jsonb not null default '[]',
    parts jsonb not null default '[]',
    last_done_at timestamptz,
    since timestamptz not null default now(),
    constraint of_something check (cardinality(assets) > 0 or class is not null),
    constraint when_due check (every_days is not null or every_hours is not null or (quantity is not null and (above is not null or below is not null)))
);
comment on table maintenance_plan is 'What is to be done again and again, to which assets, and when: by the calendar, by hours run, or by a reading.';
comment on column maintenance_plan.last_done_at is 'Where a file tells it; work orders of the plan that are done count as well.';

create table spare_part (
    number text primary key check (length(number) between 1 and 100),
    name text not null,
    unit text not null default 'pcs',
    stock double precision not null check (stock >= 0),
    minimum double precision not null default 0,
    lead_days double precision not null default 0 check (lead_days >= 0),
    supplier text,
    fits jsonb not null default '[]',
    changed_at timestamptz not null default now()
);
comment on table spare_part is 'The parts master. fits: the class of the assets and the failure mode that a part mends, and how many a repair takes.';
