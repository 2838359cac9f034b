-- Readings summed up over a minute, a quarter of an hour, an hour and a day (UTC); at is where the bucket begins.
-- A bucket without readings has no row. Minutes are kept only for hours that have many readings in each, which the hour says.
do $$
declare
    width text;
    columns text := '
        series integer not null,
        at timestamptz not null,
        dense boolean not null default false,
        samples integer not null,
        numbers integer not null,
        sum double precision,
        squares double precision,
        min double precision,
        max double precision,
        first_at timestamptz not null,
        last_at timestamptz not null,
        first_number_at timestamptz,
        first_number double precision,
        last_number_at timestamptz,
        last_number double precision,
        first_text text,
        last_text text,
        hours double precision not null,
        integral double precision not null,
        primary key (series, at)';
begin
    foreach width in array array['1m', '15m'] loop
        if exists (select from pg_extension where extname = 'timescaledb') then
            execute format('create table %I (%s)', 'reading_' || width, columns);
            perform create_hypertable(
                format('reading_%s', width)::regclass, by_range('at', interval '30 days'), create_default_indexes => false);
        else
            execute format('create table %I (%s) partition by range (at)', 'reading_' || width, columns);
        end if;
        perform make_part(format('reading_%s', width)::regclass, month)
        from (select distinct date_trunc('month', at, 'UTC') as month from reading order by month) m;
    end loop;
    foreach width in array array['1h', '1d'] loop
        execute format('create table %I (%s)', 'reading_' || width, columns);
    end loop;
end $$;
comment on column reading_1h.squares is 'The sum of the squared distances of the numbers from their mean.';
comment on column reading_1h.hours is 'For how long the numbers held between the first and the last reading of the bucket, each for an hour at most.';
comment on column reading_1h.integral is 'The integral of the numbers over those hours.';

-- Hours of a series whose readings changed after they were summed up. A writer marks them in the transaction that changes them.
-- The worker turns the state from 0 to 1, waits for all who may have relied on a 0, sums up and removes the mark.
-- An hour with numbers that no sum can hold keeps a mark of state 2, and is always read as it is.
create table changed_hour (
    series integer not null,
    hour timestamptz not null,
    state smallint not null default 0,
    primary key (series, hour, state)
);
create index changed_hour_by_day on changed_hour (state, date_bin('1 day', hour, timestamptz 'epoch'), series, hour);

insert into changed_hour (series, hour)
select distinct series, date_bin('1 hour', at, timestamptz 'epoch') from reading;

alter table series add column raw_from timestamptz;
comment on column series.raw_from is 'Readings before it were removed; what they were summed up to is final.';
