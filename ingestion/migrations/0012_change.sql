create table change (
    seq bigint generated always as identity primary key,
    kind text not null,
    subject text not null,
    moment timestamptz not null,
    data jsonb not null default '{}',
    written_at timestamptz not null default clock_timestamp()
);
comment on table change is 'What changed, in the order in which it became true. Written with ingestion.changes.record, never updated.';
comment on column change.subject is 'The id of what changed: a point, a device, a plant.';
comment on column change.moment is 'When it happened, by whoever saw it; written_at is when it was recorded.';

create table change_reader (
    name text primary key,
    seq bigint not null,
    read_at timestamptz not null default now(),
    missed bigint not null default 0
);
comment on column change_reader.seq is 'The newest change that this reader has dealt with.';
comment on column change_reader.missed is 'How many changes retention took before this reader had come; told once, then 0.';

-- One writer at a time, from its insert to its commit: so the order of seq is the order of the commits, and whoever has read up to a
-- seq has missed nothing before it. Taken by the table itself, so that no writer can forget it.
create function change_in_turn() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(8027322890311460965);
    return null;
end $$;
create trigger in_turn before insert on change for each statement execute function change_in_turn();

create function change_announced() returns trigger language plpgsql as $$
begin
    perform pg_notify('change', '');
    return null;
end $$;
create trigger announced after insert on change for each statement execute function change_announced();
