-- open: what is neither settled nor parked
select count(*) as open from proposal where state in ('proposed', 'approved', 'running')

-- judge: what ran against what was approved, and by whom
with ran as (
    select p.*, (p.arguments ->> 'wish')::integer as wish,
        (select count(*) from effect e where e.wish = (p.arguments ->> 'wish')::integer) as times,
        (select count(*) from change c where c.subject = 'P-' || p.id and c.kind = 'proposal.approved') as approvals
    from proposal p
)
select
    count(*) filter (where state = 'done') as done,
    count(*) filter (where state = 'rejected') as rejected,
    count(*) filter (where state = 'ambiguous') as ambiguous,
    count(*) filter (where times > 1) as double,
    count(*) filter (
        where times > 0 and (approvals <> 1 or state not in ('done', 'ambiguous') or (not own and settled_by = %(asker)s))
    ) as unapproved,
    count(*) filter (where state not in ('done', 'rejected', 'ambiguous') or (state = 'done' and times = 0)) as lost
from ran
