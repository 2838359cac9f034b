-- wish: an order of ours has changed, or is new: it is to be dealt with. One that another maintenance system had is made anew in this one
insert into cmms_link as l (number, vendor, key) values (%(number)s, %(vendor)s, %(key)s)
on conflict (number) do update set
    wanted = l.wanted + 1, again_at = null, vendor = excluded.vendor, key = excluded.key,
    state = case when l.vendor = excluded.vendor then l.state else 'waiting' end,
    vendor_id = case when l.vendor = excluded.vendor then l.vendor_id end,
    tried_at = case when l.vendor = excluded.vendor then l.tried_at end
returning l.*

-- due: what is to be dealt with, the longest waiting first
select * from cmms_link
where vendor = %(vendor)s and (again_at is null or again_at <= %(now)s)
    and (done < wanted or state in ('waiting', 'sending', 'lost')) and state <> 'gone' and not (state = 'refused' and done >= wanted)
order by again_at nulls first, number limit %(limit)s

-- of_number: the link of an order of ours
select * from cmms_link where number = %(number)s and vendor = %(vendor)s

-- of_vendor: the link of an order of the vendor's
select * from cmms_link where vendor = %(vendor)s and vendor_id = %(vendor_id)s

-- of_key: the link with a key of ours
select * from cmms_link where vendor = %(vendor)s and key = %(key)s

-- claim: the one creation of an order, with what is sent; nobody else gets it while it is under way
update cmms_link set state = 'sending', tried_at = coalesce(tried_at, %(now)s), ours = %(ours)s, theirs = '{}', problem = null
where number = %(number)s and state in ('waiting', 'refused')
returning *

-- unsent: a creation that was not carried out, for certain
update cmms_link set state = 'waiting', problem = %(problem)s where number = %(number)s and state = 'sending'

-- refuse: the vendor said no to the order as a whole; it is tried again once it changes
update cmms_link set state = 'refused', problem = %(problem)s, done = %(seen)s where number = %(number)s and state in ('waiting', 'sending', 'refused')

-- lose: nobody can tell whether the order was made
update cmms_link set state = 'lost', problem = %(problem)s where number = %(number)s and state in ('sending', 'lost')

-- join: the order there is known
update cmms_link set state = 'linked', vendor_id = %(vendor_id)s, theirs = '{}', problem = null, failures = 0, again_at = null
where number = %(number)s and state <> 'linked'
returning *

-- adopt: an order of theirs that has come in
insert into cmms_link (number, vendor, key, state, vendor_id, ours, theirs, wanted, done)
values (%(number)s, %(vendor)s, %(key)s, 'linked', %(vendor_id)s, %(ours)s, %(theirs)s, 0, 0)
on conflict (number) do nothing
returning *

-- agree: what both sides hold now
update cmms_link set ours = %(ours)s, theirs = %(theirs)s, refused = %(refused)s where number = %(number)s

-- deal: the changes of ours up to here are dealt with
update cmms_link set done = greatest(done, %(seen)s), problem = %(problem)s, failures = 0, again_at = null where number = %(number)s

-- defer: later, as something stands in the way
update cmms_link set failures = failures + 1, problem = %(problem)s,
    again_at = %(now)s + least(interval '1 minute' * power(2, least(failures, 10)), interval '6 hours')
where number = %(number)s

-- vanish: the order was deleted there
update cmms_link set state = 'gone', problem = %(problem)s where number = %(number)s and state = 'linked'

-- unmake: a person has looked: it was not made, so it is made now
update cmms_link set state = 'waiting', vendor_id = null, problem = null, again_at = null, failures = 0, tried_at = null, wanted = wanted + 1
where number = %(number)s and state in ('lost', 'sending', 'refused', 'gone')
returning *

-- hurry: try again at once what was refused or deferred
update cmms_link set again_at = null, failures = 0, refused = '{}', wanted = wanted + 1,
    state = case when state = 'refused' then 'waiting' else state end
where number = %(number)s
returning *

-- line: whether a line of an order has gone, or is on its way
insert into cmms_line (number, line, state, said) values (%(number)s, %(line)s, 'sending', %(said)s)
on conflict (number, line) do nothing
returning *

-- lines: of an order
select line, state, said, problem from cmms_line where number = %(number)s order by line

-- line_is: what became of a line
update cmms_line set state = %(state)s, problem = %(problem)s where number = %(number)s and line = %(line)s

-- unline: a line that was not sent, for certain
delete from cmms_line where number = %(number)s and line = %(line)s and state in ('sending', 'lost', 'refused')
returning *

-- conflict: a field that changed on both sides; what it holds now is shown
insert into cmms_conflict as c (number, field, before, ours, theirs, found_at)
values (%(number)s, %(field)s, %(before)s, %(ours)s, %(theirs)s, %(now)s)
on conflict (number, field) where settled_at is null do update set ours = excluded.ours, theirs = excluded.theirs
returning c.*

-- conflicts: those that wait for a person, or all
select * from cmms_conflict where (%(every)s or settled_at is null) and (%(number)s::text is null or number = %(number)s)
order by id desc limit %(limit)s

-- conflict_of_id: one
select * from cmms_conflict where id = %(id)s

-- settle: a person has said which one holds
update cmms_conflict set settled_at = %(now)s, settled_by = %(by)s, kept = %(kept)s where id = %(id)s and settled_at is null returning *

-- settle_same: both sides came to the same by themselves
update cmms_conflict set settled_at = %(now)s, settled_by = 'nobody', kept = 'same'
where number = %(number)s and field = any(%(fields)s) and settled_at is null

-- receive: a webhook; no row for one that came before
insert into cmms_event (digest, vendor, vendor_id, received_at) values (%(digest)s, %(vendor)s, %(vendor_id)s, %(now)s)
on conflict (digest) do nothing
returning digest

-- told: orders that webhooks were about, the longest waiting first
select vendor_id, max(received_at) as received_at from cmms_event where vendor = %(vendor)s and handled_at is null
group by vendor_id order by 2 limit %(limit)s

-- handled: webhooks about an order, up to a moment
update cmms_event set handled_at = %(now)s
where vendor = %(vendor)s and vendor_id = %(vendor_id)s and handled_at is null and received_at <= %(received_at)s

-- postpone: they come after the others
update cmms_event set received_at = %(now)s where vendor = %(vendor)s and vendor_id = %(vendor_id)s and handled_at is null

-- trim: webhooks of long ago
with gone as (delete from cmms_event where handled_at < %(before)s returning 1) select count(*) as removed from gone

-- leave_out: an order of theirs whose asset is none of ours
insert into cmms_unmatched (vendor, vendor_id, vendor_number, title, asset, seen_at)
values (%(vendor)s, %(vendor_id)s, %(vendor_number)s, %(title)s, %(asset)s, %(now)s)
on conflict (vendor, vendor_id) do update set
    vendor_number = excluded.vendor_number, title = excluded.title, asset = excluded.asset, seen_at = excluded.seen_at

-- take_in: it has come in by now
delete from cmms_unmatched where vendor = %(vendor)s and vendor_id = %(vendor_id)s

-- left_out: those of these assets, or all
select vendor_id, vendor_number, title, asset, seen_at from cmms_unmatched
where vendor = %(vendor)s and (%(assets)s::text[] is null or asset = any(%(assets)s))
order by seen_at desc, vendor_id limit %(limit)s

-- position: up to where changes have been read
select position, polled_at, problem from cmms_position where vendor = %(vendor)s

-- move: they have been read up to here
insert into cmms_position (vendor, position, polled_at) values (%(vendor)s, %(position)s, %(now)s)
on conflict (vendor) do update set position = excluded.position, polled_at = excluded.polled_at, problem = null

-- stumble: they could not be read any further
insert into cmms_position (vendor, position, problem) values (%(vendor)s, %(position)s, %(problem)s)
on conflict (vendor) do update set problem = excluded.problem

-- counts: how many links are in which state, and how many of them wait
select state, count(*) as links, count(*) filter (where done < wanted) as behind, count(*) filter (where problem is not null) as troubled
from cmms_link where vendor = %(vendor)s group by state order by state

-- troubled: links with something in the way
select number, state, vendor_id, problem, again_at from cmms_link
where vendor = %(vendor)s and (problem is not null or state in ('lost', 'refused', 'gone')) order by number limit %(limit)s

-- troubled_lines: labour and parts with something in the way
select number, line, state, said, problem from cmms_line where state in ('lost', 'refused') order by number, line limit %(limit)s

-- waiting_hooks: webhooks that are not dealt with
select count(*) as waiting from cmms_event where vendor = %(vendor)s and handled_at is null
