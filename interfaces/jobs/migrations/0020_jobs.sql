create table jobs.schedule (
    name text primary key,
    title text not null,
    lock text not null,
    period timestamptz
);
comment on table jobs.schedule is 'The jobs of the plant, and the beginning of the period for which each was queued last. It only grows, so that of many processes one queues a period.';

create table jobs.progress (
    job_id bigint primary key references jobs.procrastinate_jobs on delete cascade,
    sentence text,
    share double precision,
    error text,
    failures integer not null default 0,
    updated_at timestamptz not null default now()
);
comment on table jobs.progress is 'How far a job is, how often it has failed, and why it did the last time.';
