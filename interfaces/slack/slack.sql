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
