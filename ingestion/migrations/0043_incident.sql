create table incident (
    id bigint generated always as identity primary key,
    cause text,
    because text not null,
    opened_at timestamptz not null,
    closed_at timestamptz,
    merged_into bigint references incident (id),
    kept boolean not null default false
);
create index incident_open on incident (id) where closed_at is null;
comment on table incident is 'Alarms that belong together. One that was merged is closed and says into which.';
comment on column incident.cause is 'The asset at which it most likely began; null where there is no telling.';
comment on column incident.kept is 'Whether a person has split or merged it: from then on it only gets new alarms.';

create table incident_alarm (
    alarm bigint primary key references alarm (id),
    incident bigint not null references incident (id)
);
create index incident_alarm_of on incident_alarm (incident);
comment on table incident_alarm is 'To which incident an alarm belongs: to one.';
