-- What the plant's points and assets are called, beside their readings: written from the graph when ingestion starts and whenever the plant changes.
create table point_directory (
    id text primary key,
    source text not null,
    name text not null,
    class text,
    quantity text,
    unit text,
    asset text
);
create index point_directory_source on point_directory (source);

create table asset_directory (
    id text primary key,
    name text not null,
    kind text not null,
    class text,
    place text,
    part_of text
);
comment on table point_directory is 'The points of the graph whose readings are known by an address; a copy for who reads SQL.';
comment on table asset_directory is 'The assets and places of the graph; a copy for who reads SQL.';

-- The names and columns of these views stay as they are: spreadsheets and dashboards depend on them. Columns may be added at the end.
create view plantroom_assets as
select a.id as asset, a.name, a.kind, a.class, a.place, p.name as place_name, a.part_of, w.name as part_of_name
from asset_directory a
left join asset_directory p on p.id = a.place
left join asset_directory w on w.id = a.part_of;
comment on view plantroom_assets is 'Assets and places of the plant: one row each.';
comment on column plantroom_assets.asset is 'The id, which never changes.';
comment on column plantroom_assets.kind is 'Asset, Space, Floor, Building or Site.';
comment on column plantroom_assets.class is 'Its class in Brick, such as AHU.';
comment on column plantroom_assets.place is 'The id of the place that it is in.';
comment on column plantroom_assets.part_of is 'The id of the asset or place that it is a part of.';

create view plantroom_points as
select d.id as point, d.name, d.class, d.quantity, d.unit, d.asset, a.name as asset_name, a.class as asset_class, a.place, p.name as place_name, d.source
from point_directory d
left join asset_directory a on a.id = d.asset
left join asset_directory p on p.id = coalesce(a.place, case when a.kind <> 'Asset' then a.id end);
comment on view plantroom_points is 'Points of the plant that have an address for readings: one row each.';
comment on column plantroom_points.unit is 'The unit of its values.';
comment on column plantroom_points.source is 'The address of its readings, device/key.';

create view plantroom_readings as
select r.at, d.asset_name, d.name as point_name, r.value, r.text, d.unit, s.source, d.point, d.asset, d.asset_class
from reading r
join series s on s.id = r.series
left join plantroom_points d on d.source = s.source;
comment on view plantroom_readings is 'Readings as they came, one row each. Ask for a time and for some points: there may be billions.';
comment on column plantroom_readings.value is 'The number; switches are 0 and 1.';
comment on column plantroom_readings.text is 'What was read instead of a number.';
comment on column plantroom_readings.source is 'The address that the reading came under; points and assets are null for one that nobody described.';

create view plantroom_hours as
with hour as (
    select h.series, h.at, h.samples, h.numbers, h.sum, h.min, h.max, h.last_number
    from reading_1h h
    where not exists (select from changed_hour c where c.series = h.series and c.hour = h.at)
    union all
    -- Hours that are not over, or were changed a moment ago. What no sum can hold is left out of it.
    select c.series, c.hour, count(*)::integer, n.numbers, n.sum, n.min, n.max, n.last_number
    from (select distinct series, hour from changed_hour) c
    join reading r on r.series = c.series and r.at >= c.hour and r.at < c.hour + interval '1 hour'
    cross join lateral (
        select count(value)::integer as numbers, sum(value) as sum, min(value) as min, max(value) as max,
               (array_agg(value order by at desc))[1] as last_number
        from reading
        where series = c.series and at >= c.hour and at < c.hour + interval '1 hour' and abs(value) < 1e300) n
    group by c.series, c.hour, n.numbers, n.sum, n.min, n.max, n.last_number
)
select h.at as hour, d.asset_name, d.name as point_name, h.sum / nullif(h.numbers, 0) as mean, h.min, h.max, h.last_number as last,
       h.samples, d.unit, s.source, d.point, d.asset, d.asset_class
from hour h
join series s on s.id = h.series
left join plantroom_points d on d.source = s.source;
comment on view plantroom_hours is 'Readings summed up by the hour (UTC), the present one too: mean, smallest, largest and last number. Hours without readings have no row.';
comment on column plantroom_hours.hour is 'When the hour begins.';
comment on column plantroom_hours.mean is 'The mean of its numbers; of a switch, the share that it was on.';
comment on column plantroom_hours.samples is 'How many readings there are, texts too.';
