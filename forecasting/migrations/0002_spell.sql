create table forecasting.spell (
    subject text not null,
    since timestamptz not null,
    seen timestamptz not null,
    primary key (subject, since)
);
comment on table forecasting.spell is 'Stretches in which a thing did not behave as it should: since when, and when that was last seen. What is sound is not learned from them.';
