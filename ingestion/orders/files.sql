-- add: one file; the same bytes twice at an order are one
insert into work_order_file (number, name, type, bytes, sha256, by_whom, at)
values (%(number)s, %(name)s, %(type)s, %(bytes)s, %(sha256)s, %(by_whom)s, %(at)s)
on conflict (number, sha256) do nothing
returning id

-- of: those of an order without their bytes, in the order in which they came
select id, name, type, octet_length(bytes) as size, by_whom, at from work_order_file where number = %(number)s order by id

-- bytes: one of them
select name, type, bytes from work_order_file where number = %(number)s and (id::text = %(which)s or name = %(which)s) order by id desc limit 1
