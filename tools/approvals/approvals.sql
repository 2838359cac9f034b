-- propose: a wish, or nothing where the same one stands already
insert into proposal as p (
    tool, digest, arguments, sentence, assets, asked_by, caller, model, conversation, evidence, approvers, own, proposed_at, expires_at
)
select
    %(tool)s, %(digest)s, %(arguments)s, %(sentence)s, %(assets)s, %(asked_by)s, %(caller)s, %(model)s, %(conversation)s, %(evidence)s,
    %(approvers)s, %(own)s, %(proposed_at)s, %(expires_at)s
where not exists (
    select from proposal
    where asked_by = %(asked_by)s and conversation = %(conversation)s and digest = %(digest)s
        and conversation <> '' and state = 'done' and finished_at > %(asked_at)s
)
on conflict (asked_by, conversation, digest)
    where state not in ('expired', 'failed', 'done') and (conversation <> '' or state in ('proposed', 'approved', 'running', 'ambiguous'))
do nothing
returning p.*

-- same: the wish that stands already; one that was done before this was asked does not
select p.* from proposal p
where asked_by = %(asked_by)s and conversation = %(conversation)s and digest = %(digest)s
    and (conversation <> '' or state in ('proposed', 'approved', 'running', 'ambiguous'))
    and (state not in ('expired', 'failed', 'done') or (state = 'done' and finished_at > %(asked_at)s))
order by id desc limit 1

-- of_id: one, whatever its state
select * from proposal where id = %(id)s

-- newest: those in these states, or all, the newest first, after a page that ended with one
select * from proposal
where (%(states)s::text[] is null or state = any(%(states)s)) and (%(before)s::bigint is null or id < %(before)s)
order by id desc limit %(limit)s

-- counted: how many there are in these states
select count(*) as total from proposal where %(states)s::text[] is null or state = any(%(states)s)

-- lapse: what nobody settled in time
update proposal set state = 'expired', finished_at = %(now)s where state = 'proposed' and expires_at <= %(now)s returning *

-- settle: by a person, once, and in time
update proposal set state = %(state)s, settled_by = %(by)s, settled_at = %(now)s, reason = %(reason)s
where id = %(id)s and state = 'proposed' and expires_at > %(now)s
returning *

-- claim: the one run that it gets
update proposal set state = 'running', run = %(run)s, run_at = %(now)s where id = %(id)s and state = 'approved' returning *

-- finish: by the run that claimed it, also where it was taken for lost meanwhile
update proposal set state = %(state)s, outcome = %(outcome)s, finished_at = %(now)s
where id = %(id)s and run = %(run)s and state in ('running', 'ambiguous') and state <> %(state)s
returning *

-- park: a run that ended without saying how
update proposal set state = 'ambiguous', outcome = %(outcome)s where id = %(id)s and state = 'running' and run = %(run)s returning *

-- close: a person has looked what a lost run did
update proposal set state = %(state)s, outcome = %(outcome)s, finished_at = %(now)s where id = %(id)s and state = 'ambiguous' returning *

-- unfinished: approved and not yet run, or running
select id, state from proposal where state in ('approved', 'running') order by id
