create table person (
    name text primary key check (name = lower(name) and length(name) between 1 and 64),
    password text not null,
    locked boolean not null default false,
    language text,
    units text check (units in ('metric', 'imperial')),
    timezone text,
    created_at timestamptz not null,
    password_at timestamptz not null
);
comment on table person is 'Local users. Written by interfaces.http.auth; people of a login server are not here.';
comment on column person.password is 'As argon2 hashes it.';

create table person_role (
    person text not null references person on delete cascade,
    site text not null,
    role text not null check (role in ('viewer', 'technician', 'manager', 'engineer', 'admin')),
    primary key (person, site)
);
comment on column person_role.site is 'Where the role holds; * for every site.';

create table login (
    digest text primary key check (length(digest) = 64),
    person text not null,
    door text not null check (door in ('shared', 'local', 'oidc')),
    since timestamptz not null,
    until timestamptz not null check (until > since),
    address text,
    grants jsonb,
    language text,
    timezone text
);
comment on table login is 'Who is logged in, by the SHA-256 of what their cookie says.';
comment on column login.door is 'How they came in: with the shared password, their own, or by a login server.';
comment on column login.grants is 'Of a login server''s people: their role by site. A local user''s are in person_role, and hold from the moment they are given.';
create index login_of_person on login (door, person);

create table shared_password (
    sole boolean primary key default true check (sole),
    password text not null
);
comment on table shared_password is 'As argon2 hashes it, to tell that another one was set: logins with the one before are over then.';

create table login_attempt (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    account text not null,
    address text not null
);
comment on table login_attempt is 'Logins that failed within the last day, whether or not there is such an account.';
create index login_attempt_of_account on login_attempt (account, at);
create index login_attempt_of_address on login_attempt (address, at);

create table api_key (
    id bigint generated always as identity primary key,
    name text not null check (length(name) between 1 and 64),
    prefix text not null unique,
    digest text not null unique check (length(digest) = 64),
    scopes text[] not null check (cardinality(scopes) > 0),
    role text not null check (role in ('viewer', 'technician', 'manager', 'engineer', 'admin')),
    site text not null,
    created_by text not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    used_at timestamptz
);
comment on table api_key is 'Keys of programs, by the SHA-256 of the whole key; the prefix tells one from another.';
create unique index api_key_name on api_key (name) where revoked_at is null;
