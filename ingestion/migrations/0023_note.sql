create table note (
    id bigint generated always as identity primary key,
    asset text not null,
    author text not null check (length(author) between 1 and 200),
    at timestamptz not null,
    text text not null check (length(text) between 1 and 2000)
);
create index note_asset on note (asset, at desc, id desc);
comment on table note is 'What people wrote about assets, never changed afterwards.';
comment on column note.asset is 'The id of the asset in the graph.';
