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

-- alarms: how these stand: whether they are over, who acknowledged them, and the hold on their point
select a.id, a.point, a.assets, a.cleared_at, a.acknowledged_at, a.acknowledged_by, h.act, h.who, h.until
from alarm a
left join lateral (
    select b.act, b.who, b.until from alarm_act b
    where b.point = a.point and b.act in ('shelved', 'suppressed', 'out_of_service')
        and (b.until is null or b.until > %(now)s) and not exists (select from alarm_act e where e.ends = b.id)
    order by b.id desc limit 1
) h on true
where a.id = any(%(ids)s)

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
    select from slack_message where channel = %(channel)s and posted_at > %(after)s
        and (subject = %(subject)s or view @> jsonb_build_object('notices', jsonb_build_array(jsonb_build_object('subject', %(subject)s::text))))
) as shown

-- forget_messages: those that nobody looks for
delete from slack_message where posted_at < %(before)s
