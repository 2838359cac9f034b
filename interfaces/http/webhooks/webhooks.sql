-- add: a new endpoint
insert into webhook_endpoint (url, events, secret, made_by, made_at) values (%(url)s, %(events)s, %(secret)s, %(by)s, %(now)s)
on conflict (url) do nothing returning id

-- remove: with all that it was still to be told
delete from webhook_endpoint where id = %(id)s returning url

-- list: without the secrets
select e.id, e.url, e.events, e.made_by, e.made_at, e.paused,
       count(*) filter (where d.state = 'waiting') as waiting, count(*) filter (where d.state = 'dead') as dead,
       max(d.ended_at) filter (where d.state = 'delivered') as delivered_at
from webhook_endpoint e left join webhook_delivery d on d.endpoint = e.id
group by e.id order by e.id

-- endpoint: one, to tell it something
select id, url, secret from webhook_endpoint where id = %(id)s

-- told: those that are told of an event
select id from webhook_endpoint where paused is null and events && %(events)s

-- queue: what endpoints are to be told; an event that comes again is there already
insert into webhook_delivery (endpoint, event, kind, body, due_at, made_at)
select endpoint, event, kind, body, %(now)s, %(now)s
from jsonb_to_recordset(%(rows)s::jsonb) as r (endpoint bigint, event text, kind text, body text)
where exists (select from webhook_endpoint e where e.id = r.endpoint)
on conflict (endpoint, event) do nothing

-- due: what is to be told now, the oldest first, so many of each endpoint
select d.id, d.endpoint, d.event, d.body, d.attempts, e.url, e.secret as sealed
from webhook_endpoint e
cross join lateral (
    select * from webhook_delivery where endpoint = e.id and state = 'waiting' and due_at <= %(now)s order by id limit %(each)s
) d
where e.paused is null
order by d.id

-- delivered: it was taken
update webhook_delivery set state = 'delivered', attempts = attempts + 1, status = %(status)s, error = null, ended_at = %(now)s
where id = %(id)s

-- failed: it was not, and is tried again when it is due, or never
update webhook_delivery
set attempts = attempts + 1, status = %(status)s, error = %(error)s, due_at = coalesce(%(due_at)s, due_at),
    state = case when %(due_at)s::timestamptz is null then 'dead' else 'waiting' end,
    ended_at = case when %(due_at)s::timestamptz is null then %(now)s::timestamptz end
where id = %(id)s

-- postpone: all that an endpoint which does not answer is to be told
update webhook_delivery set due_at = greatest(due_at, %(due_at)s) where endpoint = %(endpoint)s and state = 'waiting'

-- pause: an endpoint that says it is gone
update webhook_endpoint set paused = %(why)s where id = %(id)s

-- dead: what was given up, the newest first
select d.id, d.endpoint, e.url, d.event, d.kind, d.attempts, d.status, d.error, d.made_at, d.ended_at
from webhook_delivery d join webhook_endpoint e on e.id = d.endpoint
where d.state = 'dead' order by d.id desc limit %(limit)s

-- again: dead ones are tried once more, from the beginning, and their endpoints are no longer paused
with again as (
    update webhook_delivery set state = 'waiting', attempts = 0, due_at = %(now)s, ended_at = null
    where state = 'dead' and (%(ids)s::bigint[] is null or id = any(%(ids)s))
    returning endpoint
), told as (
    update webhook_endpoint set paused = null where id in (select endpoint from again)
)
select count(*) as again from again

-- forget: what was taken long ago, or given up longer ago
delete from webhook_delivery
where (state = 'delivered' and ended_at < %(delivered)s) or (state = 'dead' and ended_at < %(dead)s)
