-- Work orders that a maintenance system has as well, and what is kept to keep both the same.
create table cmms_link (
    number text primary key references work_order (number),
    vendor text not null,
    key text not null,
    state text not null default 'waiting' check (state in ('waiting', 'sending', 'linked', 'lost', 'refused', 'gone')),
    vendor_id text,
    tried_at timestamptz,
    ours jsonb not null default '{}',
    theirs jsonb not null default '{}',
    refused jsonb not null default '{}',
    problem text,
    wanted bigint not null default 1,
    done bigint not null default 0,
    failures integer not null default 0,
    again_at timestamptz,
    constraint linked_has_its_id check (state not in ('linked', 'gone') or vendor_id is not null)
);
create unique index cmms_link_vendor on cmms_link (vendor, vendor_id) where vendor_id is not null;
create index cmms_link_due on cmms_link (again_at) where done < wanted;
comment on table cmms_link is 'The order of a maintenance system that is the same as one of ours. Written by tools.cmms.sync.';
comment on column cmms_link.key is 'Ours, carried by the order there: it is looked up by it where an answer was lost.';
comment on column cmms_link.state is 'sending: a creation is under way, or its process died; lost: it may have been made, and a person has to look; gone: it was deleted there.';
comment on column cmms_link.ours is 'Our values when both were last the same, by field; theirs are the vendor''s then.';
comment on column cmms_link.refused is 'What the vendor did not take, by field: not sent again until it is another.';
comment on column cmms_link.wanted is 'Counts the changes of ours; up to done they have been dealt with.';

create table cmms_line (
    number text not null references cmms_link (number),
    line text not null,
    state text not null check (state in ('sending', 'sent', 'lost', 'refused')),
    said text not null,
    problem text,
    primary key (number, line)
);
comment on table cmms_line is 'Labour and parts of an order that went to the maintenance system; line is a digest of what it says.';

create table cmms_conflict (
    id bigint generated always as identity primary key,
    number text not null references cmms_link (number),
    field text not null,
    before text,
    ours text,
    theirs text,
    found_at timestamptz not null,
    settled_at timestamptz,
    settled_by text,
    kept text check (kept in ('ours', 'theirs', 'same')),
    constraint settled_whole check ((settled_at is null) = (kept is null) and (settled_at is null) = (settled_by is null))
);
create unique index cmms_conflict_open on cmms_conflict (number, field) where settled_at is null;
comment on table cmms_conflict is 'A field that changed on both sides: neither is overwritten until a person says which one holds.';

create table cmms_event (
    digest text primary key check (length(digest) = 64),
    vendor text not null,
    vendor_id text not null,
    received_at timestamptz not null,
    handled_at timestamptz
);
create index cmms_event_waiting on cmms_event (received_at) where handled_at is null;
comment on table cmms_event is 'Webhooks that came: each says of an order that it is to be read again, and no more. Exact repetitions are left out.';

create table cmms_unmatched (
    vendor text not null,
    vendor_id text not null,
    vendor_number text not null,
    title text not null,
    asset text,
    seen_at timestamptz not null,
    primary key (vendor, vendor_id)
);
comment on table cmms_unmatched is 'Orders of the maintenance system whose asset is none of ours; asset is the vendor''s id of it. They come in once it is matched.';

create table cmms_position (
    vendor text primary key,
    position text not null,
    polled_at timestamptz,
    problem text
);
comment on table cmms_position is 'Up to where the changes of a maintenance system have been read, by its own clock.';
