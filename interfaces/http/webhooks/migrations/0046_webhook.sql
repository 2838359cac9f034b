create table webhook_endpoint (
    id bigint generated always as identity primary key,
    url text not null unique,
    events text[] not null,
    secret text not null,
    made_by text not null,
    made_at timestamptz not null,
    paused text
);
comment on table webhook_endpoint is 'Where other systems are told of what happens.';
comment on column webhook_endpoint.events is 'Which events: a noun (alarm), or a noun and what happened to it (alarm.raised).';
comment on column webhook_endpoint.secret is 'What signs, encrypted with a key that is not in this database.';
comment on column webhook_endpoint.paused is 'Why it is told nothing any more.';

create table webhook_delivery (
    id bigint generated always as identity primary key,
    endpoint bigint not null references webhook_endpoint on delete cascade,
    event text not null,
    kind text not null,
    body text not null,
    state text not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
    attempts integer not null default 0,
    due_at timestamptz not null,
    status integer,
    error text,
    made_at timestamptz not null,
    ended_at timestamptz,
    unique (endpoint, event)
);
create index webhook_delivery_due on webhook_delivery (due_at) where state = 'waiting';
comment on table webhook_delivery is 'What each endpoint is to be told, once for each event, until it has taken it or is given up.';
