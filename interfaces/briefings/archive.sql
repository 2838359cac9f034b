-- keep: the briefing of a person's day; where there is one already, that one stands
insert into briefing (person, audience, day, language, made_at, briefing, due_at)
values (%(person)s, %(audience)s, %(day)s, %(language)s, %(made_at)s, %(briefing)s, %(made_at)s)
on conflict (person, audience, day) do nothing
returning id

-- of_day: of a person and audience
select id, person, audience, day, language, state, briefing from briefing
where day = %(day)s and audience = %(audience)s and person = %(person)s

-- earlier: the newest before a day, of that person and audience
select briefing from briefing
where person = %(person)s and audience = %(audience)s and day < %(day)s and day >= %(since)s order by day desc limit 1

-- newest: a person's archive, the newest day first
select id, person, audience, day, language, state, briefing from briefing
where person = %(person)s order by day desc, audience limit %(limit)s

-- found: what a process that died left in the middle, and may have sent
update briefing set state = 'waiting', repeated = true where state = 'sending' and began_at < %(before)s returning id

-- claim: one that is due, which nobody else takes
update briefing set state = 'sending', began_at = %(now)s
where id = (
    select id from briefing where state = 'waiting' and due_at <= %(now)s order by due_at, id limit 1 for update skip locked
)
returning id, person, language, briefing, attempts, repeated

-- sent: it was taken
update briefing set state = 'sent', attempts = attempts + 1, error = null, ended_at = %(now)s where id = %(id)s and state = 'sending'

-- failed: it was not, and is tried again when it is due, or never
update briefing
set state = case when %(due_at)s::timestamptz is null then 'dead' else 'waiting' end, attempts = attempts + 1, error = %(error)s,
    due_at = coalesce(%(due_at)s, due_at), ended_at = case when %(due_at)s::timestamptz is null then %(now)s::timestamptz end
where id = %(id)s and state = 'sending'

-- forget: what is long past
delete from briefing where day < %(before)s
