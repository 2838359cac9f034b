create table alarm (
    id bigint generated always as identity primary key,
    point text not null,
    source text not null,
    assets text[] not null,
    level text not null,
    worst_level text not null,
    raised_at timestamptz not null,
    since timestamptz,
    value double precision,
    side text,
    limit_value double precision,
    worst double precision,
    worst_at timestamptz,
    cleared_at timestamptz,
    cleared_value double precision,
    reason text,
    duration interval generated always as (cleared_at - raised_at) stored
);
create unique index alarm_open on alarm (point) where cleared_at is null;
create index alarm_point on alarm (point, raised_at);
create index alarm_raised on alarm (raised_at);
comment on table alarm is 'Each time a point was beyond its limits, from raised to cleared; without cleared_at it still is.';
comment on column alarm.level is 'What it is now, or was last: warning or alarm.';
comment on column alarm.since is 'When the level became what it is; null where it was so when the point was first judged.';
comment on column alarm.reason is 'Why it was cleared, where not by its value.';
