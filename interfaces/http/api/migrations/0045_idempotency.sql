create table idempotency_key (
    caller text not null,
    key text not null,
    digest text not null,
    status integer,
    headers jsonb,
    body text,
    made_at timestamptz not null,
    primary key (caller, key)
);
create index idempotency_key_made on idempotency_key (made_at);
comment on table idempotency_key is 'Requests that change something, by the key that their caller gave them, with the answer that is given again.';
comment on column idempotency_key.digest is 'SHA-256 of the method, the path and the body: another request under the same key is refused.';
comment on column idempotency_key.status is 'Null while the first request of this key is under way.';
