-- readings: the newest of each of these sources until a moment
select s.source, r.at, r.value, r.text
from series s
cross join lateral (
    select at, value, text from reading where series = s.id and at <= %(until)s order by at desc limit %(limit)s
) r
where s.source = any(%(sources)s)

-- alarms: the open ones of these assets, the newest first
select * from alarm where cleared_at is null and assets && %(ids)s order by raised_at desc, id desc

-- orders: the open ones of these assets, the newest first
select * from work_order where closed_at is null and asset = any(%(ids)s) order by coalesce(failed_at, opened_at, 'epoch') desc, number
