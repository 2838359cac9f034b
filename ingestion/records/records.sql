-- put_events: new ones; of a known one what it did not tell yet
with told as (
    select distinct on (asset, event_group, code, at) asset, event_group, code, at, ended_at, text
    from jsonb_to_recordset(%(events)s::jsonb) as (asset text, event_group text, code text, at timestamptz, ended_at timestamptz, text text)
    order by asset, event_group, code, at, ended_at nulls last
)
insert into plant_event as e select * from told
on conflict (asset, event_group, code, at) do update set ended_at = coalesce(excluded.ended_at, e.ended_at), text = coalesce(excluded.text, e.text)
    where (coalesce(excluded.ended_at, e.ended_at), coalesce(excluded.text, e.text)) is distinct from (e.ended_at, e.text)
returning xmax = 0 as new

-- put_codes: what codes are called, in place of what they were called
insert into code_name
select distinct on (code) code, name, category from jsonb_to_recordset(%(codes)s::jsonb) as (code text, name text, category text) order by code
on conflict (code) do update set name = excluded.name, category = excluded.category
returning code

-- forget_modes: of the classes that a file tells of
delete from stated_failure_mode where class = any(%(classes)s)

-- put_modes: failure modes of classes
insert into stated_failure_mode (class, mode, mechanism, cause, place)
select class, mode, mechanism, cause, place
from jsonb_to_recordset(%(modes)s::jsonb) as (class text, mode text, mechanism text, cause text, place integer)
on conflict do nothing

-- modes: of some classes, in the order of the file
select class, mode, mechanism, cause from stated_failure_mode where class = any(%(classes)s) order by class, place
