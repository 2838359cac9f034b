-- add: the same message again counts up; its newest reason stands
insert into dead_letter as d (topic, payload, reason) values (%(topic)s, %(payload)s, %(reason)s)
on conflict (md5(topic), sha256(payload)) do update set times = d.times + 1, last_at = now(), reason = excluded.reason

-- newest: without the payloads
select id, received_at, last_at, times, topic, reason, octet_length(payload) as size
from dead_letter order by last_at desc, id desc limit %(limit)s

-- one: with its payload
select id, received_at, last_at, times, topic, reason, payload from dead_letter where id = %(id)s

-- remove: once its readings are in history
delete from dead_letter where id = %(id)s

-- keep: it failed again, for this reason
update dead_letter set reason = %(reason)s where id = %(id)s

-- total: how many there are
select count(*) as total from dead_letter
