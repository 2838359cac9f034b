-- add: in the given order. The table's trigger makes writers wait for each other, so this comes last in a transaction
insert into change (kind, subject, moment, data)
select kind, subject, moment, data
from rows from (jsonb_to_recordset(%(changes)s) as (kind text, subject text, moment timestamptz, data jsonb))
    with ordinality as c (kind, subject, moment, data, place)
order by place

-- newest: the last change that there is
select coalesce(max(seq), 0) as seq from change

-- after: what comes after a position, oldest first
select seq, kind, subject, moment, data from change
where seq > %(seq)s and seq <= %(last)s and (%(kinds)s::text[] is null or kind = any(%(kinds)s))
order by seq limit %(limit)s

-- enter: a reader's position; one that nobody knew begins with what comes from now on
insert into change_reader as r (name, seq) values (%(name)s, (select coalesce(max(seq), 0) from change))
on conflict (name) do update set read_at = now()
returning r.seq, r.missed

-- moved: a reader has dealt with what came up to here
update change_reader set seq = greatest(seq, %(seq)s), read_at = now(), missed = 0 where name = %(name)s

-- trim: what is too old, and what is too much, but nothing that a reader of late still needs. A reader that is left behind moves on
with bound as (
    select least(
        greatest(
            (select coalesce(max(seq), 0) from change where written_at < %(before)s),
            (select coalesce(max(seq), 0) - %(rows)s from change)
        ),
        (select min(seq) from change_reader where read_at >= %(alive)s)
    ) as seq
), gone as (
    delete from change using bound where change.seq <= bound.seq returning change.seq
), left_behind as (
    update change_reader r
    set missed = r.missed + (select count(*) from gone where gone.seq > r.seq), seq = bound.seq
    from bound where r.seq < bound.seq
)
select count(*) as removed from gone
