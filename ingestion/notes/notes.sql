-- add: one note
insert into note (asset, author, at, text)
values (%(asset)s, %(author)s, %(at)s, %(text)s)
returning id, asset, author, at, text

-- of_assets: the newest first, with how many there are
select id, asset, author, at, text, count(*) over () as total
from note
where asset = any(%(assets)s) and at <= %(now)s
order by at desc, id desc
limit %(limit)s

-- between: those left in a window, of all assets, the newest first, with how many there are
select id, asset, author, at, text, count(*) over () as total
from note
where at >= %(start)s and at < %(end)s
order by at desc, id desc
limit %(limit)s
