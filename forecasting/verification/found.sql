-- unsettled: what an order said of forecasts falls with its end, and before it says it anew
update forecasting.told t set came = null, settled_by = null
where settled_by is not null
  and (settled_by = %(number)s or not exists (select from work_order w where w.number = t.settled_by and w.status = 'done'))

-- finished: orders that are done, and of whose time something was told that nobody has settled
select w.number, w.asset, w.kind, w.code, w.failed_at, w.opened_at, w.closed_at from work_order w
where w.status = 'done' and (%(number)s::text is null or w.number = %(number)s) and exists (
    select from forecasting.told t
    where t.asset = w.asset and t.came is null and t.at < w.closed_at
      and t.at + make_interval(days => t.horizon_days) >= coalesce(w.failed_at, w.opened_at, w.closed_at)
)
order by w.closed_at, w.number

-- settle: what came of all that was told of an asset for the time of an order. Work that nothing had asked for says nothing of what was not flagged
update forecasting.told t set came = %(came)s, settled_by = %(number)s
where t.asset = %(asset)s and t.came is null and t.at < %(closed_at)s
  and t.at + make_interval(days => t.horizon_days) >= %(since)s
  and (t.flagged or (%(failed)s and (t.what = 'failure' or t.at < %(since)s)))
returning t.what

-- by_model: what models told that was wrong, and what came of it. Statements on which the same order had the word are one finding
with finding as (
    select t.model, t.asset, t.came, coalesce(t.settled_by, t.at::text) as about, min(t.at) as told_at,
        min(coalesce(w.failed_at, w.opened_at, w.closed_at)) as found_at, bool_or(t.settled_by is not null) as by_order
    from forecasting.told t left join work_order w on w.number = t.settled_by
    where t.flagged and (%(since)s::timestamptz is null or t.at >= %(since)s)
    group by t.model, t.asset, t.came, coalesce(t.settled_by, t.at::text)
), missed as (
    select model, count(distinct (asset, settled_by))::int as missed from forecasting.told
    where not flagged and what = 'limits' and came = 'came' and settled_by is not null
      and (%(since)s::timestamptz is null or at >= %(since)s)
    group by model
)
select model, count(*)::int as findings, count(*) filter (where came is null)::int as open,
    count(*) filter (where came = 'came')::int as came, count(*) filter (where came = 'mended')::int as mended,
    count(*) filter (where came = 'false alarm')::int as false_alarms, count(*) filter (where came = 'stayed away')::int as stayed_away,
    count(*) filter (where came = 'not known')::int as not_known, coalesce(max(missed.missed), 0) as missed,
    percentile_cont(0.5) within group (order by extract(epoch from found_at - told_at) / 86400)
        filter (where came in ('came', 'mended') and by_order and found_at > told_at) as lead_days
from finding left join missed using (model)
group by model order by findings desc, model
