-- newest: how a person wants to be answered
select language, units from preference where person = %(person)s order by id desc limit 1

-- keep: what a person wishes from now on, on top of what was wished before; the oldest wishes go
with before as (
    select language, units from preference where person = %(person)s order by id desc limit 1
), old as (
    delete from preference where id in (select id from preference where person = %(person)s order by id desc offset %(most)s)
)
insert into preference (at, person, language, units)
select %(at)s, %(person)s, coalesce(%(language)s, (select language from before)), coalesce(%(units)s, (select units from before))

-- undo: the last wish of a person
delete from preference where id = (select max(id) from preference where person = %(person)s)

-- forget: every wish of a person
delete from preference where person = %(person)s
