-- What was done may be asked for again, also in its conversation: only a wish that is open or was rejected stands for ever.
drop index proposal_wish;
create unique index proposal_wish on proposal (asked_by, conversation, digest)
    where state not in ('expired', 'failed', 'done') and (conversation <> '' or state in ('proposed', 'approved', 'running', 'ambiguous'));
