-- lock: one writer at a time; readers go on
select pg_advisory_xact_lock(hashtext('plant directory'))

-- clear_points: all
delete from point_directory

-- clear_assets: all
delete from asset_directory

-- add_points: as the graph has them
insert into point_directory select * from json_populate_recordset(null::point_directory, %(rows)s::json)

-- add_assets: as the graph has them
insert into asset_directory select * from json_populate_recordset(null::asset_directory, %(rows)s::json)

-- points: as the views show them
select point, name, class, asset, asset_name, asset_class, unit, source from plantroom_points order by point
