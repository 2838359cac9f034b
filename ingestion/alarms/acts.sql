-- turn: whoever acts on an alarm of this point goes after who does so already
select pg_advisory_xact_lock(hashtextextended('alarm ' || %(point)s, 0))

-- acknowledge: all of the point that were raised up to this one
update alarm set acknowledged_at = greatest(raised_at, %(at)s), acknowledged_by = %(who)s
where point = %(point)s and id <= %(alarm)s and acknowledged_at is null

-- add: an act
insert into alarm_act (point, alarm, act, at, who, why, until, ends, state_before, state_after)
values (%(point)s, %(alarm)s, %(act)s, %(at)s, %(who)s, %(why)s, %(until)s, %(ends)s, %(state_before)s, %(state_after)s)
returning *

-- ran_out: points with a shelf that is over
select distinct a.point from alarm_act a
where a.act = 'shelved' and a.until <= %(now)s and not exists (select from alarm_act e where e.ends = a.id)

-- newest: acts of these points or of all within a window, the newest first
select * from alarm_act
where (%(points)s::text[] is null or point = any(%(points)s)) and at >= %(start)s and at < %(end)s
order by at desc, id desc limit %(limit)s
