alter table forecasting.told
    add column settled_by text,
    drop constraint told_came_check,
    add constraint told_came_check check (came in ('came', 'stayed away', 'mended', 'false alarm', 'not known'));
create index told_settled on forecasting.told (settled_by) where settled_by is not null;
comment on column forecasting.told.settled_by is 'The work order that says what came; empty where that was looked up once the time was over.';
