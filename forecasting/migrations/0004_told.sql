create table forecasting.told (
    asset text not null,
    what text not null check (what in ('limits', 'failure')),
    at timestamptz not null,
    horizon_days integer not null,
    flagged boolean not null,
    probability double precision,
    model text not null,
    came text check (came in ('came', 'stayed away', 'mended', 'not known')),
    primary key (asset, what, at)
);
comment on table forecasting.told is 'What was told of a thing (that it leaves its limits, that it fails within the horizon), and what came of it once that time was over.';
create index told_open on forecasting.told (at) where came is null;
