-- people: all, with their role by site
select p.name, p.password, p.locked, p.language, p.units, p.timezone, p.slack, p.created_at, p.password_at,
    coalesce((select jsonb_object_agg(r.site, r.role) from person_role r where r.person = p.name), '{}') as grants
from person p
where %(name)s::text is null or p.name = %(name)s
order by p.name

-- slack_user: the person of an id in Slack
select name from person where slack = %(slack)s

-- set_slack: the person's id in Slack, or none
update person set slack = %(slack)s where name = %(name)s

-- someone: whether there is any local user
select exists (select from person) as someone

-- add_person: a new one, or nothing where there is one of that name
insert into person (name, password, language, units, timezone, created_at, password_at)
values (%(name)s, %(password)s, %(language)s, %(units)s, %(timezone)s, %(now)s, %(now)s)
on conflict do nothing returning name

-- give: a role at a site
insert into person_role (person, site, role) values (%(name)s, %(site)s, %(role)s)
on conflict (person, site) do update set role = excluded.role

-- take: the role at a site
delete from person_role where person = %(name)s and site = %(site)s

-- lock: or unlock
update person set locked = %(locked)s where name = %(name)s

-- remove_person: with their roles
delete from person where name = %(name)s

-- set_password: another one
update person set password = %(password)s, password_at = %(now)s where name = %(name)s

-- rehash: the same one, hashed with today's parameters
update person set password = %(password)s where name = %(name)s

-- log_in: somebody
insert into login (digest, person, door, since, until, address, grants, language, timezone)
values (%(digest)s, %(person)s, %(door)s, %(now)s, %(until)s, %(address)s, %(grants)s, %(language)s, %(timezone)s)

-- logged_in: whose login it is, while it holds; a local user's roles are those of now
select l.person as name, l.door, l.until, coalesce(p.language, l.language) as language, p.units, coalesce(p.timezone, l.timezone) as timezone,
    case when l.door = 'local'
        then coalesce((select jsonb_object_agg(r.site, r.role) from person_role r where r.person = p.name), '{}')
        else l.grants
    end as grants
from login l left join person p on l.door = 'local' and p.name = l.person
where l.digest = %(digest)s and l.until > %(now)s and (l.door <> 'local' or (p.name is not null and not p.locked))

-- log_out: one login
delete from login where digest = %(digest)s returning person, door

-- log_out_person: all logins of a local user
delete from login where door = 'local' and person = %(name)s

-- log_out_shared: all logins with the shared password
delete from login where door = 'shared'

-- forget_logins: those that are over
delete from login where until <= %(now)s

-- shared_password: as it was hashed
select password from shared_password

-- keep_shared_password: another one
insert into shared_password (password) values (%(password)s) on conflict (sole) do update set password = excluded.password

-- failed_attempts: how many failed since then, of the account and from the address, and the oldest of those that count
select (select count(*) from login_attempt where account = %(account)s and at > %(account_since)s) as of_account,
    (select count(*) from login_attempt where address = %(address)s and at > %(address_since)s) as from_address

-- note_attempt: one that failed; what is older than a day goes
with gone as (delete from login_attempt where at < %(now)s::timestamptz - interval '1 day')
insert into login_attempt (at, account, address) values (%(now)s, %(account)s, %(address)s)

-- forget_attempts: those of the account from that address, after one that worked
delete from login_attempt where account = %(account)s and address = %(address)s

-- forget_attempts_of: those of the account from everywhere
delete from login_attempt where account = %(account)s

-- add_key: a new one
insert into api_key (name, prefix, digest, scopes, role, site, created_by, created_at, expires_at)
values (%(name)s, %(prefix)s, %(digest)s, %(scopes)s, %(role)s, %(site)s, %(by)s, %(now)s, %(expires_at)s)
on conflict (name) where revoked_at is null do nothing
returning id

-- keys: the newest first
select id, name, prefix, scopes, role, site, created_by, created_at, expires_at, revoked_at, used_at
from api_key order by created_at desc, id desc

-- key: one that holds
select id, name, prefix, scopes, role, site, created_by, created_at, expires_at, revoked_at, used_at
from api_key
where digest = %(digest)s and revoked_at is null and (expires_at is null or expires_at > %(now)s)

-- key_used: noted once in a minute at most
update api_key set used_at = %(now)s
where id = %(id)s and (used_at is null or used_at < %(now)s::timestamptz - interval '1 minute')

-- revoke: by name or prefix
update api_key set revoked_at = %(now)s where revoked_at is null and (name = %(key)s or prefix = %(key)s) returning name, prefix
