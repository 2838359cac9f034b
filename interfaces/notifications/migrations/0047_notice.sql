create table notice (
    id bigint generated always as identity primary key,
    subject text not null,
    person text not null,
    stage text not null check (stage in ('raised', 'escalated', 'reminder', 'over')),
    turn integer not null default 0,
    due_at timestamptz not null,
    why text not null,
    trouble jsonb not null,
    state text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'dead', 'dropped')),
    attempts integer not null default 0,
    repeated boolean not null default false,
    error text,
    made_at timestamptz not null,
    began_at timestamptz,
    ended_at timestamptz,
    unique (subject, person, stage, turn)
);
create index notice_due on notice (due_at) where state = 'waiting';
create index notice_sending on notice (began_at) where state = 'sending';
create index notice_sent on notice (person, ended_at) where state = 'sent';
comment on table notice is 'What each person is to be told, once for each stage of a trouble, until it was sent, given up, or no longer true.';
comment on column notice.subject is 'What the trouble goes by: incident:12, alarm:ahu-2/filter_pressure, proposal:P-3.';
comment on column notice.trouble is 'What it was when it was told: the words of the message are made from it.';
comment on column notice.repeated is 'A process died while it was being sent: it may have come already, and says so.';

create table oncall_override (
    id bigint generated always as identity primary key,
    rota text not null,
    person text,
    start timestamptz not null,
    "end" timestamptz not null check ("end" > start),
    made_by text not null,
    made_at timestamptz not null
);
comment on table oncall_override is 'Who is on call instead, from when to when; the newest counts, and without a person it is nobody.';
