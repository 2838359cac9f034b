-- add: what came since the last time; counting begins anew where the map says something else of a pattern, and for what was silent for a month
with news as (
    select * from jsonb_to_recordset(%(rows)s) as n (
        pattern text, spec text, messages bigint, readings bigint, idle bigint, missed jsonb, first_at timestamptz, last_at timestamptz,
        topic text, payload text, idle_topic text, idle_payload text)
), forgotten as (
    delete from topic_use where last_at < now() - interval '30 days'
)
insert into topic_use as t (pattern, spec, messages, readings, idle, missed, first_at, last_at, topic, payload, idle_topic, idle_payload)
select pattern, spec, messages, readings, idle, missed, first_at, last_at, topic, decode(payload, 'base64'), idle_topic, decode(idle_payload, 'base64')
from news order by pattern
on conflict (pattern) do update set
    spec = excluded.spec,
    messages = excluded.messages + case when t.spec = excluded.spec then t.messages else 0 end,
    readings = excluded.readings + case when t.spec = excluded.spec then t.readings else 0 end,
    idle = excluded.idle + case when t.spec = excluded.spec then t.idle else 0 end,
    missed = (
        select coalesce(jsonb_object_agg(path, times), '{}') from (
            select path, sum(times) as times from (
                select key as path, value::bigint as times from jsonb_each_text(excluded.missed)
                union all select key, value::bigint from jsonb_each_text(t.missed) where t.spec = excluded.spec
            ) every group by path
        ) summed),
    first_at = case when t.spec = excluded.spec then t.first_at else excluded.first_at end,
    last_at = excluded.last_at,
    topic = excluded.topic,
    payload = excluded.payload,
    idle_topic = coalesce(excluded.idle_topic, case when t.spec = excluded.spec then t.idle_topic end),
    idle_payload = coalesce(excluded.idle_payload, case when t.spec = excluded.spec then t.idle_payload end)

-- all: the most frequent first
select pattern, spec, messages, readings, idle, missed, first_at, last_at, topic, payload, idle_topic, idle_payload
from topic_use order by messages desc, pattern
