create table slack_event (
    id text primary key,
    at timestamptz not null,
    channel text,
    message text,
    thread text,
    state text not null default 'begun' check (state in ('begun', 'done')),
    unique (channel, message)
);
create index slack_event_at on slack_event (at);
comment on table slack_event is 'What Slack told us, for some days: it tells the same again where it did not hear that we heard it.';
comment on column slack_event.state is 'A question is begun until its answer stands in Slack.';

create table slack_message (
    channel text not null,
    ts text not null,
    subject text not null,
    view jsonb not null,
    posted_at timestamptz not null,
    stale_since timestamptz,
    primary key (channel, ts)
);
create index slack_message_subject on slack_message (subject);
create index slack_message_stale on slack_message (stale_since) where stale_since is not null;
comment on table slack_message is 'Messages that show something that changes: an alarm, a proposal. They are rewritten where it does.';
comment on column slack_message.subject is 'What it shows: alarm:12, proposal:P-3.';
comment on column slack_message.view is 'What it is written from anew: language, time zone, what the trouble was when it was told.';
comment on column slack_message.stale_since is 'Since when it says what is no longer so.';
