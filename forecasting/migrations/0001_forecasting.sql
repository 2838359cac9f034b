create schema forecasting;

create table forecasting.model (
    name text not null,
    version integer not null,
    kind text not null,
    state text not null check (state in ('live', 'shadow', 'retired')),
    data_from timestamptz not null,
    data_to timestamptz not null,
    metrics jsonb not null,
    code_version text not null,
    artifact bytea not null,
    created_at timestamptz not null default now(),
    live_since timestamptz,
    primary key (name, version)
);
comment on table forecasting.model is 'Every model that was ever trained or registered. Of each name one version is live; shadows are scored beside it.';
create unique index model_live_once on forecasting.model (name) where state = 'live';

create table forecasting.score (
    name text not null,
    version integer not null,
    day date not null,
    subjects integer not null,
    loss double precision not null,
    coverage double precision,
    primary key (name, version, day),
    foreign key (name, version) references forecasting.model
);
comment on table forecasting.score is 'How well a version foresaw one day: the mean pinball loss, in units of what a naive forecast loses, and the share of values inside its interval.';

create table forecasting.forecast (
    subject text not null,
    model text not null,
    version integer not null,
    start_at timestamptz not null,
    step_s integer not null,
    levels double precision[] not null,
    quantiles jsonb not null,
    made_at timestamptz not null default now(),
    scored boolean not null default false,
    primary key (subject, model, version, start_at)
);
comment on table forecasting.forecast is 'Quantiles of what a point will read: an array for each step, with a number for each level.';
create index forecast_unscored on forecasting.forecast (start_at) where not scored;

create table forecasting.run (
    id text not null,
    unit text not null,
    done_at timestamptz not null default now(),
    outcome jsonb not null,
    primary key (id, unit)
);
comment on table forecasting.run is 'What a run over the fleet has finished, so that one that was interrupted goes on where it stopped.';
