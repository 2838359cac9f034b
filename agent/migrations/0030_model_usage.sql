create table model_usage (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    person text not null,
    model text not null,
    input_tokens bigint not null,
    output_tokens bigint not null,
    cost double precision,
    ms integer not null
);
comment on table model_usage is 'What each question cost at a language model; cost is null where no price is set, ms the time spent waiting for it.';
create index on model_usage (person, at);
create index on model_usage (at);
