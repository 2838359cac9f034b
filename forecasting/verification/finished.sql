-- finished: the last order of each asset that was made of a finding, or repaired it, and is done
select distinct on (asset) asset, number, closed_at from work_order
where asset = any(%(assets)s) and status = 'done' and (source = 'forecast' or kind in ('corrective', 'predictive'))
order by asset, closed_at desc
