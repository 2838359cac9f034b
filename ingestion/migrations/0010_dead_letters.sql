alter table dead_letter
    add column kind text not null default 'unreadable',
    add column suspects text[] not null default '{}';
comment on column dead_letter.kind is 'What is amiss, in two words.';
comment on column dead_letter.suspects is 'The telemetry addresses whose values the message could not give.';
create index dead_letter_newest on dead_letter (last_at);
