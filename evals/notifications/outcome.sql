-- counted: what came of all alarms that there are
with standing as (select id from incident where merged_into is null),
     newest as (
         select distinct on (s.id, n.person) s.id, n.person, (n.trouble ->> 'alarms')::int as alarms
         from standing s join notice n on n.subject = 'incident:' || s.id where n.state = 'sent'
         order by s.id, n.person, (n.trouble ->> 'alarms')::int desc)
select (select count(*)::int from alarm) as alarms, (select count(*)::int from incident_alarm) as placed,
       (select count(*)::int from standing) as incidents,
       (select coalesce(sum(least_), 0)::int from (select min(alarms) as least_ from newest group by id) x) as told,
       (select count(*)::int from notice where state = 'sent') as notices,
       (select count(*)::int from notice where state in ('waiting', 'sending')) as waiting

-- behind: which of the two readers there are, and whether one of them has changes before it that concern it
select count(*)::int as readers, coalesce(bool_or(exists (
    select from change c where c.seq > r.seq and c.kind ~ case r.name when 'incidents' then '^alarm.(raised|cleared)' else '^(alarm.cleared|incident)' end
)), false) as behind
from change_reader r where r.name in ('incidents', 'notifications')

-- untold: active alarms of whose incident nothing was sent, and notices that are under way or due
select (select count(*) from alarm a where a.cleared_at is null and not exists (
            select from incident_alarm m join notice n on n.subject = 'incident:' || m.incident and n.state = 'sent' where m.alarm = a.id))
     + (select count(*) from notice where state in ('waiting', 'sending')) as untold
