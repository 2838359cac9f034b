create table undated_reading (
    source text not null,
    at timestamptz not null,
    primary key (source, at)
);
comment on table undated_reading is 'Readings whose moment nobody knows: their message was retained by the broker and states no time. They stand at when they were first seen.';
