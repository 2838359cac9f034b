create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    who text not null,
    what text not null,
    tool text,
    digest text check (length(digest) = 64),
    model text not null default '',
    conversation text not null default '',
    evidence text[] not null default '{}',
    proposal bigint,
    subject text,
    site text,
    address text,
    outcome text
);
comment on table audit is 'Who did what, for good: calls of tools, proposals step by step, logins, people and keys. Written by tools.audit; no row is ever changed.';
comment on column audit.what is 'called, proposal.* as in the stream of changes, login, login.refused, logout, person.*, key.*';
comment on column audit.digest is 'SHA-256 of the tool and its arguments, which are not kept here.';
comment on column audit.evidence is 'The letters of the results that stood before it.';
comment on column audit.subject is 'Of people and keys: whose.';
comment on column audit.outcome is 'What came back, in one line; of a failure its kind.';
create index audit_newest on audit (at desc, id desc);
create index audit_of_person on audit (who, at desc, id desc);

create function audit_stays() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is only added to: % is refused', tg_op;
end $$;
create trigger stays before update or delete on audit for each row execute function audit_stays();
create trigger stays_whole before truncate on audit for each statement execute function audit_stays();
