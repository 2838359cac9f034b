-- known: of these assets, those seen lately enough to matter for what is learned
select subject, extract(epoch from since)::float8 as since_s, extract(epoch from seen)::float8 as seen_s
from forecasting.spell where subject = any(%(subjects)s) and seen >= %(after)s order by subject, since

-- put: what was seen just now; one that goes on keeps its beginning
with found as (
    select subject, since from jsonb_to_recordset(%(rows)s::jsonb) as f (subject text, since timestamptz)
), going_on as (
    update forecasting.spell s set seen = greatest(s.seen, %(seen)s)
    from found f where s.subject = f.subject and s.seen >= least(f.since, %(seen)s - interval '3 days')
    returning s.subject
)
insert into forecasting.spell (subject, since, seen)
select subject, since, %(seen)s from found where subject not in (select subject from going_on)
on conflict (subject, since) do update set seen = greatest(forecasting.spell.seen, excluded.seen)

-- begun: when each stretch of an asset began, over all times
select subject, array_agg(since order by since) as since from forecasting.spell group by subject
