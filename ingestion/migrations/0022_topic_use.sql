create table topic_use (
    pattern text primary key,
    spec text not null,
    messages bigint not null,
    readings bigint not null,
    idle bigint not null,
    missed jsonb not null default '{}',
    first_at timestamptz not null,
    last_at timestamptz not null,
    topic text not null,
    payload bytea not null,
    idle_topic text,
    idle_payload bytea
);
comment on table topic_use is 'What arrives, by the pattern of the map that fits it, and what is made of it. One row a pattern, updated every few seconds.';
comment on column topic_use.spec is 'Digest of what the map says of the pattern; with another one counting begins anew.';
comment on column topic_use.idle is 'Messages from which nothing was taken, although nothing was wrong with them.';
comment on column topic_use.missed is 'Paths of the map, and in how many messages there was no such member.';
comment on column topic_use.topic is 'Of the newest message; idle_topic is of the newest from which nothing was taken.';
