create table briefing (
    id bigint generated always as identity primary key,
    person text not null,
    audience text not null check (audience in ('technician', 'manager', 'engineer')),
    day date not null,
    language text not null,
    made_at timestamptz not null,
    briefing jsonb not null,
    state text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'dead')),
    due_at timestamptz not null,
    attempts integer not null default 0,
    repeated boolean not null default false,
    error text,
    began_at timestamptz,
    ended_at timestamptz,
    unique (person, audience, day)
);
create index briefing_due on briefing (due_at) where state in ('waiting', 'sending');
create index briefing_day on briefing (day desc, id desc);
comment on table briefing is 'The briefing of each person, audience and local day, once: as it was made, and whether it was sent.';
comment on column briefing.briefing is 'The record without a language: figures, what they are of, and where they come from.';
comment on column briefing.repeated is 'A process died while it was being sent: it may have come already, and says so.';
