-- plan: what is to be told; a trouble that comes again is there already. One that is taken on has nothing left to be planned
insert into notice (subject, person, stage, turn, due_at, why, trouble, made_at)
select %(subject)s, person, stage, turn, due_at, why, %(trouble)s, %(now)s
from jsonb_to_recordset(%(rows)s::jsonb) as r (person text, stage text, turn integer, due_at timestamptz, why text)
on conflict (subject, person, stage, turn) do nothing
returning id

-- drop: what waits of these stages is told no more
update notice set state = 'dropped', ended_at = %(now)s
where subject = %(subject)s and state = 'waiting' and stage = any(%(stages)s)

-- revive: what was dropped of one time of telling is to be told after all
update notice n set state = 'waiting', ended_at = null, due_at = r.due_at, why = r.why, trouble = %(trouble)s
from jsonb_to_recordset(%(rows)s::jsonb) as r (person text, stage text, turn integer, due_at timestamptz, why text)
where n.subject = %(subject)s and n.state = 'dropped' and n.person = r.person and n.stage = r.stage and n.turn = r.turn
returning n.id

-- refresh: what waits of one time of telling says how it is now
update notice set trouble = %(trouble)s
where subject = %(subject)s and state = 'waiting' and stage <> 'over' and turn >= %(turn)s and trouble <> %(trouble)s

-- outdated: what waits of earlier times of telling is told no more
update notice set state = 'dropped', ended_at = %(now)s where subject = %(subject)s and state = 'waiting' and turn < %(turn)s

-- newest_time: of a trouble that is told again and again, with the least that was told of it then
select turn / %(turns)s as time, min(made_at) as at, (array_agg(trouble order by (stage <> 'raised'), (trouble ->> 'points')::int))[1] as trouble,
       coalesce(bool_and(state = 'waiting') filter (where stage = 'raised'), false) as waits
from notice where subject = %(subject)s and stage <> 'over' group by 1 order by 1 desc limit 1

-- told: who has been told of it, or is being told just now
select distinct person from notice where subject = %(subject)s and stage in ('raised', 'escalated') and state in ('sending', 'sent')

-- found: what a process that died left in the middle, and may have sent
update notice set state = 'waiting', repeated = true where state = 'sending' and began_at < %(before)s returning id

-- due: the people to whom something is due, and to how many messages each came of late
select person, (
    select count(distinct ended_at) from notice s where s.person = n.person and s.state = 'sent' and s.ended_at > %(since)s
) as lately
from notice n where state = 'waiting' and due_at <= %(now)s group by person order by min(due_at)

-- claim: all that is due to one person, for one message
update notice set state = 'sending', began_at = %(now)s
where id in (
    select id from notice where person = %(person)s and state = 'waiting' and due_at <= %(now)s
    order by due_at, id limit %(limit)s for update skip locked
)
returning id, subject, person, stage, turn, due_at, why, trouble, attempts, repeated

-- sent: it was taken
update notice set state = 'sent', attempts = attempts + 1, error = null, ended_at = %(now)s where id = any(%(ids)s) and state = 'sending'

-- failed: it was not, and is tried again when it is due, or never
update notice
set state = case when %(due_at)s::timestamptz is null then 'dead' else 'waiting' end, attempts = attempts + 1, error = %(error)s,
    due_at = coalesce(%(due_at)s, due_at), ended_at = case when %(due_at)s::timestamptz is null then %(now)s::timestamptz end
where id = any(%(ids)s) and state = 'sending'

-- newest: of a person or of all, in these states or in all
select id, subject, person, stage, turn, due_at, why, trouble, state, attempts, repeated, error, made_at, ended_at from notice
where (%(person)s::text is null or person = %(person)s) and (%(states)s::text[] is null or state = any(%(states)s))
order by id desc limit %(limit)s

-- again: what was given up, all or these, is tried once more
update notice set state = 'waiting', attempts = 0, due_at = %(now)s, ended_at = null
where state = 'dead' and (%(ids)s::bigint[] is null or id = any(%(ids)s)) returning id

-- forget: what ended long ago
delete from notice where ended_at < %(before)s and state in ('sent', 'dead', 'dropped')

-- override: somebody else is on call
insert into oncall_override (rota, person, start, "end", made_by, made_at)
values (%(rota)s, %(person)s, %(start)s, %(end)s, %(by)s, %(now)s) returning id

-- overrides: those that end after this moment
select id, rota, person, start, "end" from oncall_override where "end" > %(after)s order by start, id

-- withdraw: an override
delete from oncall_override where id = %(id)s returning rota
