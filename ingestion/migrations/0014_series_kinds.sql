-- What uses and durations over a window need of a rollup: how far the numbers rose and how often they fell (a counter), how often
-- the reading changed (a state), and when the extremes were. All hours whose readings are there are summed up anew.
do $$
declare
    rollup text;
begin
    foreach rollup in array array['reading_1m', 'reading_15m', 'reading_1h', 'reading_1d'] loop
        execute format('
            alter table %I
                add column rise double precision not null default 0,
                add column falls integer not null default 0,
                add column switches integer,
                add column min_at timestamptz,
                add column max_at timestamptz', rollup);
    end loop;
    -- Hours whose readings were removed are final: what can be said of them is said.
    foreach rollup in array array['reading_1h', 'reading_1d'] loop
        execute format('
            update %I r set
                rise = coalesce(greatest(last_number - first_number, 0), 0),
                falls = (last_number < first_number)::int,
                switches = case when min = max and numbers = samples then 0 end
            from series s where s.id = r.series and s.raw_from is not null and r.at < s.raw_from', rollup);
    end loop;
end $$;
comment on column reading_1h.rise is 'The sum of the steps from one number to the next that are not below it.';
comment on column reading_1h.falls is 'How many numbers are below the one before.';
comment on column reading_1h.switches is 'How many readings differ from the one before, null where that is not known.';
comment on column reading_1h.min_at is 'When the lowest number was read first.';

insert into changed_hour (series, hour)
select r.series, r.at from reading_1h r join series s on s.id = r.series
where s.raw_from is null or r.at >= s.raw_from
on conflict do nothing;
