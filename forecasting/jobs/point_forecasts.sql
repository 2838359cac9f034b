-- put: what is foretold of points, in place of an earlier attempt of the same run
insert into forecasting.forecast (subject, model, version, start_at, step_s, levels, quantiles)
select subject, %(model)s, %(version)s, start_at, %(step_s)s, %(levels)s::double precision[], quantiles
from jsonb_to_recordset(%(rows)s::jsonb) as given (subject text, start_at timestamptz, quantiles jsonb)
on conflict (subject, model, version, start_at) do update
set quantiles = excluded.quantiles, levels = excluded.levels, step_s = excluded.step_s, made_at = now()

-- newest: the newest forecast of each of these points by the live version
select distinct on (f.subject) f.subject, f.model, f.version, f.start_at, f.step_s, f.levels, f.quantiles, f.made_at
from forecasting.forecast f
join forecasting.model m on m.name = f.model and m.version = f.version and m.state = 'live'
where f.subject = any(%(subjects)s) and (%(made_until)s::timestamptz is null or f.made_at <= %(made_until)s)
order by f.subject, f.start_at desc

-- matured: forecasts whose first day is over and that were not scored
select subject, model, version, start_at, step_s, levels, quantiles
from forecasting.forecast
where not scored and model = %(model)s and start_at <= %(before)s and start_at > %(after)s

-- scored: their day counts
update forecasting.forecast set scored = true
where not scored and model = %(model)s and start_at <= %(before)s

-- forget: what is long past
delete from forecasting.forecast where start_at < %(before)s
