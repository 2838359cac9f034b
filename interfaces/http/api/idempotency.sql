-- forget: keys that nobody sends again
delete from idempotency_key where made_at < %(before)s

-- begin: a key for its first request, or for one whose first request never ended
insert into idempotency_key as k (caller, key, digest, made_at) values (%(caller)s, %(key)s, %(digest)s, %(now)s)
on conflict (caller, key) do update set made_at = excluded.made_at
where k.status is null and k.digest = excluded.digest and k.made_at < %(lost)s
returning key

-- known: what the key stands for
select digest, status, headers, body from idempotency_key where caller = %(caller)s and key = %(key)s

-- keep: the answer of the first request
update idempotency_key set status = %(status)s, headers = %(headers)s::jsonb, body = %(body)s
where caller = %(caller)s and key = %(key)s and digest = %(digest)s

-- drop: a request that came to nothing may be sent again
delete from idempotency_key where caller = %(caller)s and key = %(key)s and digest = %(digest)s and status is null
