create table preference (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    person text not null,
    language text,
    units text check (units in ('metric', 'imperial'))
);
comment on table preference is 'How each person wants to be answered: the newest row of a person holds, null is what the interface says; to undo a wish its row goes.';
create index on preference (person, id desc);
