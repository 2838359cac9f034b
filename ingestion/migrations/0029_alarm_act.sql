-- When and by whom an alarm was acknowledged. What was over before this was kept counts as acknowledged by nobody.
alter table alarm add column acknowledged_at timestamptz, add column acknowledged_by text;
update alarm set acknowledged_at = cleared_at where cleared_at is not null;
create index alarm_unsettled on alarm (point, raised_at desc, id desc) where cleared_at is null or acknowledged_at is null;
comment on column alarm.acknowledged_by is 'Who; null with a moment where it was over before acknowledgements were kept.';

create table alarm_act (
    id bigint generated always as identity primary key,
    point text not null,
    alarm bigint,
    act text not null check (act in (
        'acknowledged', 'shelved', 'unshelved', 'suppressed', 'unsuppressed', 'out_of_service', 'in_service')),
    at timestamptz not null,
    who text not null,
    why text,
    until timestamptz,
    ends bigint unique references alarm_act (id),
    state_before text not null,
    state_after text not null,
    check ((until is not null) = (act = 'shelved'))
);
create index alarm_act_point on alarm_act (point, id desc);
create index alarm_act_hold on alarm_act (point) where act in ('shelved', 'suppressed', 'out_of_service');
create index alarm_act_at on alarm_act (at);
comment on table alarm_act is 'What people did to alarms of points: who, when, why. A hold is the act that nothing has ended; only added to.';
comment on column alarm_act.ends is 'The act whose hold this one ends; unique, so a shelf runs out once.';
comment on column alarm_act.alarm is 'The newest alarm of the point, where it has one.';

create function alarm_act_stays() returns trigger language plpgsql as $$
begin
    raise exception 'acts on alarms are only added to: % is refused', tg_op;
end $$;
create trigger stays before update or delete on alarm_act for each row execute function alarm_act_stays();
create trigger stays_whole before truncate on alarm_act for each statement execute function alarm_act_stays();
