-- keep: the newest of a topic, and its place among the others
insert into birth (topic, name, payload, received_at) values (%(topic)s, %(name)s, %(payload)s, %(received_at)s)
on conflict (topic) do update
set payload = excluded.payload, received_at = excluded.received_at, place = nextval(pg_get_serial_sequence('birth', 'place'))

-- recall: those of a name, in the order in which they came
select topic, payload, received_at from birth where name = %(name)s order by place
