alter table forecasting.model
    add column sha256 text,
    add column own text,
    add column failure text,
    add column failed_at timestamptz;
comment on column forecasting.model.sha256 is 'Of the artifact: one that changed is not used.';
comment on column forecasting.model.own is 'The name that an engineer gave a model of their own.';
comment on column forecasting.model.failure is 'Why the last run went without this version.';
create index model_own on forecasting.model (own) where own is not null;
