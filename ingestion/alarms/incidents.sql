-- alone: nobody else folds or changes incidents until this transaction ends
select pg_advisory_xact_lock(8027322890311460966)

-- recent: alarms raised since a moment, and open ones that belong nowhere yet, with the incident of each and whether people have had a hand in that
select a.id, a.point, a.assets, a.level, a.raised_at, m.incident, coalesce(i.kept, false) as kept
from alarm a left join incident_alarm m on m.alarm = a.id left join incident i on i.id = m.incident
where a.raised_at >= %(since)s or (a.cleared_at is null and m.incident is null) order by a.raised_at, a.id limit 20000

-- open: a new one
insert into incident (cause, because, opened_at, kept) values (%(cause)s, %(because)s, %(at)s, %(kept)s) returning id

-- place: alarms into one
insert into incident_alarm (alarm, incident) select unnest(%(alarms)s::bigint[]), %(incident)s
on conflict (alarm) do update set incident = excluded.incident

-- cause: it is known better now
update incident set cause = %(cause)s, because = %(because)s
where id = %(incident)s and not kept and (cause is distinct from %(cause)s or because <> %(because)s)

-- keep: people had a hand in it
update incident set kept = true where id = any(%(incidents)s)

-- merge: what belonged to one belongs to the other
with moved as (update incident_alarm set incident = %(into)s where incident = %(incident)s returning alarm)
update incident set merged_into = %(into)s, closed_at = greatest(opened_at, %(now)s) where id = %(incident)s and closed_at is null

-- close: those whose alarms have all been over since a moment
update incident i set closed_at = (select max(a.cleared_at) from incident_alarm m join alarm a on a.id = m.alarm where m.incident = i.id)
where i.closed_at is null and not exists (
    select from incident_alarm m join alarm a on a.id = m.alarm
    where m.incident = i.id and (a.cleared_at is null or a.cleared_at > %(since)s))
returning i.id, i.cause, i.closed_at

-- list: open ones, or those that were within a window, the largest first
select i.id, i.cause, i.because, i.opened_at, i.closed_at, i.kept, count(a.id)::int as alarms,
       (count(a.id) filter (where a.cleared_at is null))::int as active,
       (count(a.id) filter (where a.acknowledged_at is null))::int as waiting,
       max(a.raised_at) as last_at, array_agg(distinct a.point) as points
from incident i join incident_alarm m on m.incident = i.id join alarm a on a.id = m.alarm
where i.merged_into is null and (%(id)s::bigint is null or i.id = %(id)s)
  and (%(id)s::bigint is not null or i.closed_at is null or i.closed_at >= %(since)s)
group by i.id order by alarms desc, i.id desc limit %(limit)s

-- alarms_of: of one, the oldest first
select a.id, a.point, a.assets from incident_alarm m join alarm a on a.id = m.alarm
where m.incident = %(incident)s order by a.raised_at, a.id

-- of: the incidents to which these alarms belong
select distinct incident from incident_alarm where alarm = any(%(alarms)s::bigint[])

-- reopen: what was closed has an alarm again
update incident set closed_at = null where id = %(incident)s and closed_at is not null and merged_into is null

-- counted: one incident, how many alarms and points it has, and when somebody last took one of them on
with mine as (select a.id, a.point from incident_alarm m join alarm a on a.id = m.alarm where m.incident = %(incident)s)
select i.id, i.cause, i.because, i.opened_at, i.closed_at, i.merged_into, (select count(*)::int from mine) as alarms,
       (select count(distinct point)::int from mine) as points,
       (select max(x.at) from alarm_act x where x.point in (select point from mine)
        and x.act in ('acknowledged', 'shelved', 'suppressed', 'out_of_service')) as taken_on_at
from incident i where i.id = %(incident)s

-- waiting: alarms of one that are active, that nobody has acknowledged and nothing holds; since when each waits
select a.id, a.point, a.assets, a.level, a.side, a.value, a.limit_value, a.raised_at,
       greatest(a.raised_at, (select max(e.at) from alarm_act e where e.point = a.point and e.ends is not null)) as since
from incident_alarm m join alarm a on a.id = m.alarm
where m.incident = %(incident)s and a.cleared_at is null and a.acknowledged_at is null and not exists (
    select from alarm_act h
    where h.point = a.point and h.act in ('shelved', 'suppressed', 'out_of_service') and (h.until is null or h.until > %(now)s)
      and not exists (select from alarm_act e where e.ends = h.id))
order by a.raised_at, a.id

-- points: those of one whose newest alarm is in it
select a.point, a.assets from incident_alarm m join alarm a on a.id = m.alarm
where m.incident = %(incident)s and not exists (select from alarm n where n.point = a.point and n.id > a.id) order by 1
