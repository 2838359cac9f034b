create table series (
    id integer generated always as identity primary key,
    source text not null unique,
    created_at timestamptz not null default now()
);
comment on table series is 'One row per telemetry address (device/key); a point of the graph refers to it by its source.';

-- No foreign key: readings are written only through History, which takes the ids from series, and a check for each row
-- would cost a third of the speed. Every unique index contains the time, so that the table can become a hypertable.
create table reading (
    series integer not null,
    at timestamptz not null,
    value double precision,
    text text,
    primary key (series, at)
);

create table dead_letter (
    id bigint generated always as identity primary key,
    received_at timestamptz not null default now(),
    last_at timestamptz not null default now(),
    times integer not null default 1,
    topic text not null,
    payload bytea not null,
    reason text not null
);
-- A device that sends the same garbage every second, or a message delivered again, counts up instead of piling up.
create unique index dead_letter_once on dead_letter (md5(topic), sha256(payload));
