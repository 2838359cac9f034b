-- put: once a week of each asset, and where it begins or ceases to be flagged
insert into forecasting.told (asset, what, at, horizon_days, flagged, probability, model)
select f.asset, f.what, %(at)s, f.horizon_days, f.flagged, f.probability, f.model
from jsonb_to_recordset(%(rows)s::jsonb) as f (
    asset text, what text, horizon_days integer, flagged boolean, probability double precision, model text
)
where not exists (
    select from forecasting.told t
    where t.asset = f.asset and t.what = f.what and t.flagged = f.flagged and t.at > %(at)s - interval '156 hours'
)
on conflict do nothing

-- due: whose time is over, together where told together
select at, horizon_days, jsonb_agg(jsonb_build_object('asset', asset, 'what', what, 'flagged', flagged)) as told
from forecasting.told
where came is null and at + make_interval(days => horizon_days) <= %(now)s
group by at, horizon_days order by at

-- settle: what came
update forecasting.told t set came = f.came
from jsonb_to_recordset(%(rows)s::jsonb) as f (asset text, what text, came text)
where t.asset = f.asset and t.what = f.what and t.at = %(at)s

-- forget: what is long over
delete from forecasting.told where at < %(before)s

-- bands: by how likely it was told to be; what was mended first, and what is not known, tells nothing of the probability
select what, flagged, band, count(*)::int as assets, count(*) filter (where came is null)::int as open,
    count(*) filter (where came = 'came')::int as came, count(*) filter (where came in ('stayed away', 'false alarm'))::int as stayed_away,
    count(*) filter (where came = 'mended')::int as mended, count(*) filter (where came = 'not known')::int as not_known,
    avg(probability) filter (where came in ('came', 'stayed away', 'false alarm')) as told
from (
    select *, case when probability is null then null else width_bucket(probability, %(bounds)s::float8[]) end as band
    from forecasting.told
) as t
group by what, flagged, band order by what, band nulls last, flagged

-- first_due: when the first of what is still open can be looked back on
select min(at + make_interval(days => horizon_days)) as at from forecasting.told where came is null
