create table work_order_file (
    id bigint generated always as identity primary key,
    number text not null references work_order (number),
    name text not null check (length(name) between 1 and 200),
    type text not null,
    bytes bytea not null check (octet_length(bytes) between 1 and 20971520),
    sha256 text not null,
    by_whom text not null,
    at timestamptz not null,
    unique (number, sha256)
);
comment on table work_order_file is 'Photographs and papers of work orders.';
