-- Tables of readings in parts by time: a hypertable where the database has TimescaleDB, else native partitions of a month.
-- Which of the two it is, only the functions of this file know.

create function is_in_chunks(parent regclass) returns boolean language plpgsql stable as $$
begin
    return (select relkind from pg_class where oid = parent) = 'r';
end $$;
comment on function is_in_chunks is 'Whether TimescaleDB makes the parts by itself.';

create function part_of(moment timestamptz, out name text, out since timestamptz, out until timestamptz)
language plpgsql immutable as $$
begin
    -- What no plant reads but a lost clock sends has one part before 2000 and one after 2100: it can never be thousands.
    if moment < '2000-01-01 00:00:00+00' then
        name := 'before_2000'; since := '-infinity'; until := '2000-01-01 00:00:00+00';
    elsif moment >= '2100-01-01 00:00:00+00' then
        name := 'from_2100'; since := '2100-01-01 00:00:00+00'; until := 'infinity';
    else
        since := date_trunc('month', moment, 'UTC');
        until := date_trunc('month', since + interval '32 days', 'UTC');
        name := to_char(since at time zone 'UTC', 'YYYY_MM');
    end if;
end $$;
comment on function part_of is 'The part that a moment belongs to, and its bounds.';

-- Made beside the table and attached: creating it in place would lock out readers and writers. Called in a transaction that
-- has done nothing else, so that nobody waits for it while it waits for them.
create function make_part(parent regclass, moment timestamptz) returns void language plpgsql as $$
declare
    part record := part_of(moment);
    child text := relname || '_' || part.name from pg_class where oid = parent;
begin
    if is_in_chunks(parent) then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtext('make_part'), parent::oid::int);
    if to_regclass(child) is not null then
        return;
    end if;
    execute format('create table %I (like %s including all)', child, parent);
    execute format(
        'alter table %s attach partition %I for values from (%s) to (%s)', parent, child,
        case when part.since = '-infinity' then 'minvalue' else quote_literal(part.since) end,
        case when part.until = 'infinity' then 'maxvalue' else quote_literal(part.until) end);
end $$;
comment on function make_part is 'See to it that a table has the part that a moment belongs to.';

create function parts_of(parent regclass)
returns table (part regclass, since timestamptz, until timestamptz) language plpgsql stable as $$
begin
    if is_in_chunks(parent) then
        return query execute format(
            'select format(''%%I.%%I'', chunk_schema, chunk_name)::regclass, range_start, range_end
             from timescaledb_information.chunks
             where format(''%%I.%%I'', hypertable_schema, hypertable_name)::regclass = %L::regclass order by range_start', parent);
    else
        return query
            select i.inhrelid::regclass, p.since, p.until
            from pg_inherits i
            join pg_class c on c.oid = i.inhrelid
            cross join lateral part_of(case right(c.relname, 7)
                when 're_2000' then timestamptz '1999-01-01 00:00:00+00' when 'om_2100' then timestamptz '2100-01-01 00:00:00+00'
                else to_timestamp(right(c.relname, 7) || ' 01 00+00', 'YYYY_MM DD HH24TZH') end) p
            where i.inhparent = parent order by p.since;
    end if;
end $$;
comment on function parts_of is 'The parts of a table, the oldest first.';

create function drop_part(parent regclass, part regclass) returns void language plpgsql as $$
begin
    if is_in_chunks(parent) then
        execute format('select drop_chunks(%L, older_than => p.until, newer_than => p.since) from parts_of(%L) p where p.part = %L::regclass',
            parent, parent, part);
    else
        execute format('drop table %s', part);
    end if;
end $$;
comment on function drop_part is 'Remove a part with all that is in it.';

-- The readings that are there already are carried over.
alter table reading rename to unparted;
alter table unparted rename constraint reading_pkey to unparted_pkey;

do $$
declare
    columns text := 'series integer not null, at timestamptz not null, value double precision, text text, primary key (series, at)';
begin
    if exists (select from pg_extension where extname = 'timescaledb') then
        execute format('create table reading (%s)', columns);
        perform create_hypertable('reading', by_range('at', interval '30 days'), create_default_indexes => false);
    else
        execute format('create table reading (%s) partition by range (at)', columns);
    end if;
    -- A few kilobytes find what every series read at some time.
    create index reading_at on reading using brin (at);
    perform make_part('reading', month) from (select distinct date_trunc('month', at, 'UTC') as month from unparted order by month) m;
    insert into reading select * from unparted;
end $$;

drop table unparted;
comment on table reading is 'What was read, in parts by time. A writer calls make_part for times that it has not written to before.';
