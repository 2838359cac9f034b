-- add: the same message again counts up; its newest reason stands
insert into dead_letter as d (topic, payload, reason, kind, suspects, times)
select topic, payload, reason, kind, string_to_array(suspects, E'\n'), times
from unnest(%(topics)s::text[], %(payloads)s::bytea[], %(reasons)s::text[], %(kinds)s::text[], %(suspects)s::text[], %(times)s::integer[])
    as n (topic, payload, reason, kind, suspects, times)
order by md5(topic), sha256(payload)
on conflict (md5(topic), sha256(payload)) do update set
    times = d.times + excluded.times, last_at = now(), reason = excluded.reason, kind = excluded.kind, suspects = excluded.suspects

-- newest: without the payloads
select id, received_at, last_at, times, topic, kind, reason, octet_length(payload) as size
from dead_letter
where (%(ids)s::bigint[] is null or id = any(%(ids)s)) and (%(topic)s::text is null or topic ~ %(topic)s) and (%(kind)s::text is null or kind = %(kind)s)
order by last_at desc, id desc limit %(limit)s

-- chosen: the ids of those that somebody chose, oldest first
select id from dead_letter
where (%(ids)s::bigint[] is null or id = any(%(ids)s)) and (%(topic)s::text is null or topic ~ %(topic)s) and (%(kind)s::text is null or kind = %(kind)s)
order by received_at, id

-- groups: alike are reasons that differ in numbers and in what they quote; one letter of each stands for the others
with told as (
    select *, regexp_replace(regexp_replace(
        reason, '''[^'']*''|“[^”]*”|"[^"]*"', '…', 'g'), '[-+]?\d[\d.,]*(e[-+]?\d+)?', '#', 'gi') as alike
    from dead_letter
    where (%(topic)s::text is null or topic ~ %(topic)s) and (%(kind)s::text is null or kind = %(kind)s)
)
select kind, count(*) as messages, sum(times)::bigint as times, count(distinct topic) as topics, min(received_at) as since, max(last_at) as last_at,
       (array_agg(id order by last_at desc, id desc))[1] as id,
       (array_agg(topic order by last_at desc, id desc))[1] as topic,
       (array_agg(reason order by last_at desc, id desc))[1] as reason
from told group by kind, alike order by messages desc, id

-- one: with its payload
select id, received_at, last_at, times, topic, kind, reason, payload from dead_letter where id = %(id)s

-- remove: once their readings are in history, or somebody gave them up
delete from dead_letter where id = any(%(ids)s) returning id

-- keep: it failed again, for this reason
update dead_letter set reason = %(reason)s, kind = %(kind)s where id = %(id)s

-- total: how many there are
select count(*) as total from dead_letter

-- suspected: how many messages since a moment could not give a value of an address, and what the newest of them said
select source, sum(times)::bigint as messages, max(last_at) as last_at, (array_agg(reason order by last_at desc, id desc))[1] as reason
from dead_letter cross join unnest(suspects) as source
where last_at >= %(since)s group by source

-- trim: the oldest of each kind beyond a number and a size go, and are counted
with ranked as (
    select id, row_number() over newest as place, sum(octet_length(payload)) over newest as bytes
    from dead_letter window newest as (partition by kind order by last_at desc, id desc)
), gone as (
    delete from dead_letter where id in (select id from ranked where place > %(most)s or bytes > %(most_bytes)s)
    returning kind, times
), summed as (
    select kind, count(*) as letters, sum(times)::bigint as times from gone group by kind
), counted as (
    insert into dropped as d (what, times) select 'dead letters: ' || kind, times from summed
    on conflict (what) do update set times = d.times + excluded.times, last_at = now()
)
select kind, letters from summed

-- dropped: what was given up so far
select what, times, since, last_at from dropped order by what
