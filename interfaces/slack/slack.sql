-- take: what Slack tells, once
insert into slack_event (id, at, channel, message, thread, state) values (%(id)s, %(now)s, %(channel)s, %(message)s, %(thread)s, %(state)s)
on conflict do nothing returning id

-- done: a question is answered
update slack_event set state = 'done' where id = %(id)s

-- cut_off: questions that were under way when a process ended
update slack_event set state = 'done' where state = 'begun' and at > %(after)s and at < %(before)s and channel is not null
returning channel, thread

-- forget: what Slack tells no more
delete from slack_event where at < %(before)s

-- taken_on: since when all of an incident is over, and who last acknowledged or held a point of it
with mine as (select a.point, a.cleared_at from incident_alarm m join alarm a on a.id = m.alarm where m.incident = %(incident)s)
select (select case when bool_and(cleared_at is not null) then max(cleared_at) end from mine) as over_at, x.act, x.who, x.at, x.until
from (select 1) as one
left join lateral (
    select b.act, b.who, b.at, b.until from alarm_act b
    where b.act in ('acknowledged', 'shelved', 'suppressed', 'out_of_service') and b.point in (select point from mine)
    order by b.id desc limit 1
) x on true

-- post: a message that shows something which changes
insert into slack_message (channel, ts, subject, view, posted_at) values (%(channel)s, %(ts)s, %(subject)s, %(view)s, %(now)s)
on conflict (channel, ts) do update set subject = excluded.subject, view = excluded.view

-- changed: messages that show it say what is no longer so
update slack_message set stale_since = %(now)s
where posted_at > %(after)s and (subject = %(subject)s or view @> jsonb_build_object('notices', jsonb_build_array(jsonb_build_object('subject', %(subject)s::text))))

-- stale: the messages to write anew, those that waited longest first
select channel, ts, view, stale_since from slack_message where stale_since is not null order by stale_since limit %(limit)s

-- fresh: written anew, unless it changed meanwhile
update slack_message set stale_since = null where channel = %(channel)s and ts = %(ts)s and stale_since = %(stale_since)s

-- shows: whether somebody was shown it there
select exists (
    select from slack_message where (channel = %(channel)s or view ->> 'place' = %(channel)s) and posted_at > %(after)s
        and (subject = %(subject)s or view @> jsonb_build_object('notices', jsonb_build_array(jsonb_build_object('subject', %(subject)s::text))))
) as shown

-- forget_messages: those that nobody looks for
delete from slack_message where posted_at < %(before)s
