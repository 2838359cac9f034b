-- known: the newest reading of each source until a moment, and the newest of those whose moment nobody knows
select s.source, newest.value, newest.text, undated.value as undated_value, undated.text as undated_text
from series s
left join lateral (
    select value, text from reading where series = s.id and at <= %(latest)s order by at desc limit 1
) newest on true
left join lateral (
    select r.value, r.text from undated_reading u join reading r on r.series = s.id and r.at = u.at
    where u.source = s.source order by u.at desc limit 1
) undated on true
where s.source = any(%(sources)s)

-- mark: the moment of these readings is when they were first seen
insert into undated_reading (source, at)
select source, timestamptz 'epoch' + at * interval '1 millisecond' from unnest(%(sources)s::text[], %(moments)s::bigint[]) as new (source, at)
on conflict do nothing

-- marks: of these sources
select source, at from undated_reading where source = any(%(sources)s)
