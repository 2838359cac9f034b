create table dropped (
    what text primary key,
    times bigint not null,
    since timestamptz not null default now(),
    last_at timestamptz not null default now()
);
comment on table dropped is 'What was given up because there was too much of it, counted.';
create index dead_letter_kind on dead_letter (kind, last_at desc, id desc);
