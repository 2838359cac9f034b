create table proposal (
    id bigint generated always as identity primary key,
    tool text not null,
    digest text not null check (length(digest) = 64),
    arguments json not null,
    sentence text not null,
    assets text[] not null default '{}',
    asked_by text not null,
    caller jsonb not null,
    model text not null,
    conversation text not null,
    evidence jsonb not null default '[]',
    approvers text[] not null check (cardinality(approvers) > 0),
    own boolean not null,
    proposed_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > proposed_at),
    state text not null default 'proposed'
        check (state in ('proposed', 'approved', 'running', 'done', 'failed', 'ambiguous', 'rejected', 'expired')),
    settled_by text,
    settled_at timestamptz,
    reason text,
    run text,
    run_at timestamptz,
    finished_at timestamptz,
    outcome text,
    constraint approved_by_a_person check (state in ('proposed', 'expired') or (settled_by is not null and settled_at is not null)),
    constraint run_once check (state not in ('running', 'done', 'failed', 'ambiguous') or (run is not null and run_at is not null))
);
comment on table proposal is 'Changes that were asked for, and what became of each. Written by tools.approvals; a row is a call with these arguments, once.';
comment on column proposal.digest is 'SHA-256 of the tool and its canonical arguments: what is run is what was approved.';
comment on column proposal.arguments is 'As they were written: their digest has to come out the same.';
comment on column proposal.assets is 'The ids of the assets that it touches.';
comment on column proposal.caller is 'Who asked, with roles, language, units, time zone and site: it runs in that name.';
comment on column proposal.conversation is 'Where it was asked for; empty outside a conversation.';
comment on column proposal.evidence is 'What had been found by then: the letter of each result and its summary.';
comment on column proposal.own is 'Whether who asked may approve it too.';
comment on column proposal.run is 'Which run claimed it; a run holds an advisory lock of the proposal for as long as it lives.';

-- The same wish is one row: for ever in a conversation, while it is open outside of one. What expired or failed may be asked for again.
create unique index proposal_wish on proposal (asked_by, conversation, digest)
    where state not in ('expired', 'failed') and (conversation <> '' or state in ('proposed', 'approved', 'running', 'ambiguous'));
create index proposal_open on proposal (state, expires_at) where state in ('proposed', 'approved', 'running');
create index proposal_newest on proposal (proposed_at desc, id desc);

-- What was asked for, and by whom, is never another afterwards, and an end is an end.
create function proposal_stays() returns trigger language plpgsql as $$
begin
    if (new.tool, new.digest, new.arguments::text, new.asked_by, new.caller, new.approvers, new.own)
        is distinct from (old.tool, old.digest, old.arguments::text, old.asked_by, old.caller, old.approvers, old.own) then
        raise exception 'proposal % cannot be changed', old.id;
    end if;
    if old.state <> new.state and not (old.state, new.state) in (
        ('proposed', 'approved'), ('proposed', 'rejected'), ('proposed', 'expired'), ('approved', 'running'),
        ('running', 'done'), ('running', 'failed'), ('running', 'ambiguous'), ('ambiguous', 'done'), ('ambiguous', 'failed')
    ) then
        raise exception 'proposal % cannot go from % to %', old.id, old.state, new.state;
    end if;
    return new;
end $$;
create trigger stays before update on proposal for each row execute function proposal_stays();
